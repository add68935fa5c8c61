package dev.finecomb.training;

import dev.finecomb.TestConfig;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.ArchivedTensor;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.model.TrainableModel;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.LbcPolicy;
import dev.finecomb.sparsity.RemovalSchedule;
import dev.finecomb.sparsity.SaliencyRule;
import dev.finecomb.sparsity.SparseLayer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Trainers on the real engine, made of golden cases, and what tests look at in them. */
final class Trainers {
    private Trainers() {}

    /** Which form of the parameter bank does the arithmetic. */
    enum Form {
        HOST,
        DEVICE
    }

    static GoldenCase golden(String name) throws Exception {
        return GoldenCase.read(Path.of("src/test/resources/golden", name));
    }

    /** The case's own trainer, as the service assembles it. */
    static Trainer of(GoldenCase golden) throws Exception {
        return of(golden, Map.of());
    }

    /** The same with some settings replaced. */
    static Trainer of(GoldenCase golden, Map<String, Object> overrides) throws Exception {
        return of(golden, overrides, Form.HOST);
    }

    static Trainer of(GoldenCase golden, Map<String, Object> overrides, Form form) throws Exception {
        FinecombConfig config = config(golden, overrides);
        TrainableModel model = ModelLoader.load(config).model();
        return switch (form) {
            case HOST -> TrainerAssembly.assemble(model, config).trainer();
            case DEVICE -> onDeviceForm(model, golden, config);
        };
    }

    /** A trainer of a module beside these tests, by the service's defaults but for the settings given. */
    static Trainer of(String module, Map<String, Object> overrides) throws Exception {
        Path file = Path.of("src/test/resources/dev/finecomb/training", module);
        Map<String, Object> settings = new TreeMap<>(TestConfig.minimal(file, Path.of(".")));
        settings.putAll(overrides);
        FinecombConfig config = TestConfig.of(settings);
        return TrainerAssembly.assemble(ModelLoader.load(config).model(), config)
                .trainer();
    }

    private static FinecombConfig config(GoldenCase golden, Map<String, Object> overrides) throws Exception {
        List<String> weights = ModuleArchive.open(golden.folder().resolve("model.pt")).parameters().stream()
                .filter(tensor -> tensor.shape().size() > 1)
                .map(ArchivedTensor::name)
                .toList();
        Map<String, Object> settings = golden.settings(weights);
        settings.putAll(overrides);
        return TestConfig.of(settings);
    }

    /** As {@link TrainerAssembly} does it for a GPU, on whatever device the model is on. */
    private static Trainer onDeviceForm(TrainableModel model, GoldenCase golden, FinecombConfig config) {
        Pattern pattern = Pattern.parse(config.sparsity().pattern());
        List<SparseLayer> layers = golden.sparseLayers().stream()
                .map(layer -> layer + ".weight")
                .map(name -> new SparseLayer(name, new GroupedLayout(shape(model, name), pattern.m())))
                .toList();
        RemovalSchedule schedule = RemovalSchedule.forLbc(
                pattern,
                config.sparsity().removalStart(),
                config.sparsity().removalEnd(),
                config.sparsity().exponent());
        var score = config.sparsity().score();
        var rule = new SaliencyRule(
                (float) score.learningRate(), (float) score.momentum(), (float) score.weightDecay(), score.nesterov());
        TrainerResources resources = TrainerResources.of(model, 2);
        DeviceParameters bank = TrainerAssembly.deviceBank(
                model,
                layers.stream().map(SparseLayer::parameter).toList(),
                rule,
                TrainingRules.optimizer(config.training().optimizer()),
                resources.operations());
        return new EngineTrainer(
                model,
                TrainingRules.of(config.training(), config.model(), model.manager()),
                new LbcPolicy(pattern, schedule, layers, resources.workers()),
                bank,
                resources);
    }

    private static List<Long> shape(TrainableModel model, String name) {
        return model.parameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .findFirst()
                .orElseThrow()
                .shape();
    }

    /** Trains on the case's batches from the trainer's own step on, cyclically. */
    static void train(Trainer trainer, GoldenCase golden, int steps) {
        for (int i = 0; i < steps; i++) {
            trained(trainer, batch(golden, trainer.step()));
        }
    }

    static TrainingBatch batch(GoldenCase golden, long step) {
        return golden.batch((int) (step % golden.steps()));
    }

    static StepResult.Trained trained(Trainer trainer, TrainingBatch batch) {
        StepResult result = trainer.step(batch);
        if (result instanceof StepResult.Trained trained) {
            return trained;
        }
        throw new AssertionError("not trained on: " + result);
    }

    /** The whole state as digests by name, so that a difference names itself. */
    static SortedMap<String, String> digest(TrainerSnapshot snapshot) {
        SortedMap<String, String> digests = new TreeMap<>();
        snapshot.tensors().forEach(tensor -> digests.put(tensor.name(), Sha256.hex(tensor.data())));
        digests.put("step", Long.toString(snapshot.step()));
        digests.put("samples", Long.toString(snapshot.samples()));
        return digests;
    }

    static float[] floats(TrainerSnapshot snapshot, String name) {
        Tensor tensor = Objects.requireNonNull(snapshot.byName().get(name), name);
        float[] values = new float[Math.toIntExact(tensor.elements())];
        tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** The batch with every input value multiplied. */
    static TrainingBatch scaled(TrainingBatch batch, float factor) {
        Tensor x = batch.inputs().getFirst();
        ByteBuffer scaled = ByteBuffer.allocate(x.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        var values = x.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        while (values.hasRemaining()) {
            scaled.putFloat(values.get() * factor);
        }
        return new TrainingBatch(
                List.of(new Tensor(x.name(), x.dtype(), x.shape(), scaled.flip())), batch.labels(), batch.samples());
    }

    /** The first samples of a batch only, where many steps matter more than large ones. */
    static TrainingBatch first(TrainingBatch batch, int samples) {
        return new TrainingBatch(
                batch.inputs().stream().map(tensor -> first(tensor, samples)).toList(),
                batch.labels().stream().map(tensor -> first(tensor, samples)).toList(),
                samples);
    }

    private static Tensor first(Tensor tensor, long samples) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        long bytes = tensor.data().remaining() / shape.set(0, samples) * samples;
        return new Tensor(tensor.name(), tensor.dtype(), shape, tensor.data().slice(0, Math.toIntExact(bytes)));
    }

    /** The batch with other labels, all the same. */
    static TrainingBatch labelled(TrainingBatch batch, long label) {
        return labelled(batch, () -> label);
    }

    private static TrainingBatch labelled(TrainingBatch batch, LongSupplier label) {
        ByteBuffer labels = ByteBuffer.allocate(batch.samples() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < batch.samples(); i++) {
            labels.putLong(label.getAsLong());
        }
        Tensor y = new Tensor("y", DType.I64, List.of((long) batch.samples()), labels.flip());
        return new TrainingBatch(batch.inputs(), List.of(y), batch.samples());
    }

    /** Normal inputs of a shape with class labels, a function of the seed. */
    static TrainingBatch random(long seed, int classes, Long... shape) {
        Random random = new Random(seed);
        Tensor form = new Tensor("x", DType.F32, List.of(shape), ByteBuffer.allocate(bytes(shape)));
        ByteBuffer values = ByteBuffer.allocate(form.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            values.putFloat((float) random.nextGaussian());
        }
        int samples = shape[0].intValue();
        TrainingBatch batch = new TrainingBatch(
                List.of(new Tensor("x", DType.F32, List.of(shape), values.flip())), List.of(form), samples);
        return labelled(batch, () -> random.nextInt(classes));
    }

    private static int bytes(Long... shape) {
        long elements = 1;
        for (long axis : shape) {
            elements *= axis;
        }
        return Math.toIntExact(elements * Float.BYTES);
    }
}
