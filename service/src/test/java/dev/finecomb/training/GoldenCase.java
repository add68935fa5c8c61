package dev.finecomb.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.TestConfig;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** One folder of trajectories that the paper authors' own code computed; see the README beside the folders. */
record GoldenCase(Path folder, JsonNode facts, Map<String, Tensor> batches, Map<String, Tensor> expected) {

    static GoldenCase read(Path folder) throws Exception {
        return new GoldenCase(
                folder,
                JsonMapper.builder()
                        .build()
                        .readTree(folder.resolve("case.json").toFile()),
                tensors(folder.resolve("batches.safetensors")),
                tensors(folder.resolve("expected.safetensors")));
    }

    private static Map<String, Tensor> tensors(Path file) throws Exception {
        Map<String, Tensor> tensors = new HashMap<>();
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            for (SafetensorsFile.Entry entry : open.entries()) {
                byte[] bytes = entry.data().toArray(ValueLayout.JAVA_BYTE);
                tensors.put(
                        entry.name(), new Tensor(entry.name(), entry.dtype(), entry.shape(), ByteBuffer.wrap(bytes)));
            }
        }
        return tensors;
    }

    int steps() {
        return facts.get("steps").asInt();
    }

    List<String> sparseLayers() {
        List<String> layers = new ArrayList<>();
        facts.get("sparse_layers").forEach(layer -> layers.add(layer.asText()));
        return layers;
    }

    TrainingBatch batch(int step) {
        Tensor x = Objects.requireNonNull(batches.get("x." + step));
        Tensor y = Objects.requireNonNull(batches.get("y." + step));
        return new TrainingBatch(
                List.of(x), List.of(y), Math.toIntExact(y.shape().getFirst()));
    }

    /** The case as a job's settings; layers that it does not name stay dense. */
    FinecombConfig config(List<String> parameters) {
        return TestConfig.of(settings(parameters));
    }

    /** The same before they are bound. */
    Map<String, Object> settings(List<String> parameters) {
        List<String> sparse =
                sparseLayers().stream().map(layer -> layer + ".weight").toList();
        List<String> dense =
                parameters.stream().filter(name -> !sparse.contains(name)).toList();
        Map<String, Object> settings = new TreeMap<>(TestConfig.minimal(folder.resolve("model.pt"), folder));
        settings.put(
                "sparsity.pattern",
                facts.get("n").asInt() + ":" + facts.get("m").asInt());
        settings.put("sparsity.removal-start", facts.get("removal_start").asLong());
        settings.put("sparsity.removal-end", facts.get("removal_end").asLong());
        settings.put("sparsity.include", String.join(",", sparse));
        settings.put("sparsity.exclude", String.join(",", dense));
        settings.put(
                "sparsity.score.learning-rate", facts.get("score_learning_rate").asDouble());
        settings.put("sparsity.score.momentum", facts.get("score_momentum").asDouble());
        settings.put("sparsity.score.nesterov", facts.get("nesterov").asBoolean());
        settings.put(
                "sparsity.score.weight-decay", facts.get("score_weight_decay").asDouble());
        settings.put("training.learning-rate.base", facts.get("learning_rate").asDouble());
        settings.put("training.optimizer.momentum", facts.get("momentum").asDouble());
        settings.put("training.optimizer.nesterov", facts.get("nesterov").asBoolean());
        settings.put(
                "training.optimizer.weight-decay", facts.get("weight_decay").asDouble());
        return settings;
    }

    double[] doubles(String name) {
        Tensor tensor = expected(name);
        double[] values = new double[Math.toIntExact(tensor.elements())];
        tensor.data()
                .duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    int survivors(int step) {
        return expected("survivors")
                .data()
                .duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(step);
    }

    private Tensor expected(String name) {
        return Objects.requireNonNull(expected.get(name), name);
    }

    byte[] bytes(String name) {
        byte[] values = new byte[expected(name).data().remaining()];
        expected(name).data().duplicate().get(values);
        return values;
    }
}
