package dev.finecomb.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What no setting can know alone. A rule speaks only when every value it needs is good, so that nothing is reported
 * twice.
 */
final class CrossRules {

    /** Client properties that the clients' settings overwrite: given, they would be ignored without a word. */
    private static final Set<String> OWN_CLIENT_PROPERTIES = Set.of(
            "bootstrap.servers",
            "client.id",
            "request.timeout.ms",
            "default.api.timeout.ms",
            "delivery.timeout.ms",
            "max.block.ms",
            "retries",
            "allow.auto.create.topics",
            "fetch.max.bytes",
            "max.partition.fetch.bytes",
            "transactional.id",
            "transaction.timeout.ms",
            "enable.idempotence",
            "acks",
            "group.id",
            "group.instance.id",
            "enable.auto.commit",
            "auto.offset.reset",
            "isolation.level",
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer");

    private static final String PROPERTIES = "finecomb.kafka.properties.";
    private static final String PROPERTIES_FILE = "finecomb.kafka.properties-file";

    private final Values values;
    private final List<ConfigProblem> problems = new ArrayList<>();

    CrossRules(Values values) {
        this.values = values;
    }

    List<ConfigProblem> check() {
        clientProperties();
        recordFitsPrefetch();
        tensorNames();
        normalize();
        problems.addAll(new ArchitectureRule(values).check());
        optimizer();
        learningRate();
        new PatternRule(values).check().ifPresent(problems::add);
        removalWindow();
        directories();
        export();
        return problems;
    }

    private void clientProperties() {
        Set<?> given = values.get("finecomb.kafka.properties", Map.class)
                .<Set<?>>map(properties -> properties.keySet())
                .orElse(Set.of());
        given.stream()
                .filter(OWN_CLIENT_PROPERTIES::contains)
                .forEach(key -> problems.add(ownProperty(PROPERTIES + key, "is set")));
        values.get(PROPERTIES_FILE, Path.class).ifPresent(file -> clientPropertiesOf(file, given));
    }

    /** What stands in the file is never shown. */
    private void clientPropertiesOf(Path file, Set<?> given) {
        try {
            for (String key : ClientPropertiesFile.read(file).keySet()) {
                if (OWN_CLIENT_PROPERTIES.contains(key)) {
                    problems.add(ownProperty(PROPERTIES_FILE, "\"" + file + "\" sets " + key));
                }
                if (given.contains(key)) {
                    problems.add(new ConfigProblem(
                            PROPERTIES_FILE,
                            "\"" + file + "\" sets " + key + ", and so does " + PROPERTIES + key,
                            "each property in one place",
                            "remove it from the one or the other"));
                }
            }
        } catch (IOException e) {
            add(
                    PROPERTIES_FILE,
                    "a file of KEY=VALUE lines, and " + e.getMessage(),
                    "correct the path, let the service's user read the file, or leave the setting out");
        }
    }

    private static ConfigProblem ownProperty(String name, String found) {
        return new ConfigProblem(
                name,
                found,
                "no client property that the service sets itself for its exactly-once conversation",
                "remove it; names, offsets, timeouts and sizes have settings of their own under finecomb.kafka and"
                        + " finecomb.ingest");
    }

    private void recordFitsPrefetch() {
        String name = "finecomb.ingest.prefetch-bytes";
        if (values.get(name, Long.class).orElse(Long.MAX_VALUE)
                < values.get("finecomb.ingest.max-record-bytes", Long.class).orElse(0L)) {
            add(name, "at least finecomb.ingest.max-record-bytes", "raise the one or lower the other");
        }
    }

    private void tensorNames() {
        List<?> inputs = list("finecomb.model.inputs");
        List<?> labels = list("finecomb.model.labels");
        for (String name : List.of("finecomb.model.inputs", "finecomb.model.labels")) {
            if (isEmptyList(name)) {
                add(name, "at least one tensor name", "name the tensors, or leave it out for the default");
            }
        }
        Set<Object> distinct = new HashSet<>(inputs);
        distinct.addAll(labels);
        if (distinct.size() < inputs.size() + labels.size()) {
            add("finecomb.model.labels", "names that differ from each other and from the inputs", "rename one of them");
        }
    }

    private void normalize() {
        String name = "finecomb.model.normalize.std";
        int means = list("finecomb.model.normalize.mean").size();
        int deviations = list(name).size();
        if (means > 1 && deviations > 1 && means != deviations) {
            add(name, "as many as finecomb.model.normalize.mean, or one", "give one a channel in both");
        }
        for (String empty : List.of("finecomb.model.normalize.mean", name)) {
            if (isEmptyList(empty)) {
                add(empty, "one number, or one a channel", "leave it out for the default");
            }
        }
    }

    private void optimizer() {
        String nesterov = "finecomb.training.optimizer.nesterov";
        boolean momentum = number("finecomb.training.optimizer.momentum", 1) > 0;
        boolean sgd = is("finecomb.training.optimizer.kind", OptimizerConfig.Kind.SGD);
        if (values.get(nesterov, Boolean.class).orElse(false) && !(momentum && sgd)) {
            add(nesterov, "false unless the optimizer is sgd with a momentum above 0", "remove it");
        }
        String smoothing = "finecomb.training.label-smoothing";
        if (number(smoothing, 0) > 0
                && !values.isAbsent("finecomb.training.loss")
                && !is("finecomb.training.loss", TrainingConfig.Loss.SOFTMAX_CROSS_ENTROPY)) {
            add(smoothing, "0 unless the loss is softmax-cross-entropy", "remove it");
        }
    }

    private void learningRate() {
        String section = "finecomb.training.learning-rate.";
        String total = section + "total-steps";
        if (is(section + "kind", LearningRateConfig.Kind.COSINE)) {
            require(
                    total,
                    "the step at which the cosine ends",
                    "set it to the number of steps that the job shall take");
            if (number(total, Long.MAX_VALUE) <= number(section + "warmup-steps", 0)) {
                add(total, "more than " + section + "warmup-steps", "let the warm-up end before the schedule does");
            }
        }
        if (is(section + "kind", LearningRateConfig.Kind.STEP)) {
            require(section + "step-size", "steps between two reductions", "set it, or choose another kind");
            require(section + "gamma", "the factor of one reduction", "set it, such as 0.1, or choose another kind");
        }
        if (number(section + "floor", 0) > number(section + "base", Double.MAX_VALUE)) {
            add(section + "floor", "at most " + section + "base", "lower it");
        }
    }

    private void removalWindow() {
        String end = "finecomb.sparsity.removal-end";
        if (number(end, Long.MAX_VALUE) <= number("finecomb.sparsity.removal-start", 0)) {
            add(end, "more than finecomb.sparsity.removal-start", "let the removal end after it started");
        }
    }

    private void directories() {
        String name = "finecomb.export.directory";
        Optional<Place> checkpoints = values.get("finecomb.checkpoint.directory", Place.class);
        Optional<Place> exported = values.get(name, Place.class);
        if (checkpoints.isPresent() && exported.isPresent() && Place.overlap(checkpoints.get(), exported.get())) {
            add(
                    name,
                    "another directory than finecomb.checkpoint.directory, neither inside the other",
                    "give each its own: old checkpoints are deleted");
        }
        Optional<Place> scratch =
                values.get("finecomb.object-storage.scratch", Path.class).map(Place.Directory::new);
        if (scratch.isPresent() && exported.isPresent() && Place.overlap(scratch.get(), exported.get())) {
            add(
                    "finecomb.object-storage.scratch",
                    "another directory than finecomb.export.directory, neither inside the other",
                    "give each its own: an export's directory holds nothing else");
        }
        if (Stream.concat(checkpoints.stream(), exported.stream()).anyMatch(Place.Bucket.class::isInstance)) {
            require(
                    "finecomb.object-storage.scratch",
                    "a directory of this machine, needed by every place that begins with " + Place.S3,
                    "name one with room for two models and a checkpoint; it should outlive the process");
        }
    }

    private void export() {
        if (is("finecomb.export.when-finished", ExportConfig.WhenFinished.CONTINUE)) {
            require(
                    "finecomb.export.every-steps",
                    "steps between two exports, needed by when-finished = "
                            + ExportConfig.WhenFinished.CONTINUE.name().toLowerCase(Locale.ROOT),
                    "set it, or let the job idle or stop when it is finished");
        }
    }

    private void require(String name, String expected, String remedy) {
        if (values.isAbsent(name)) {
            add(name, expected, remedy);
        }
    }

    private void add(String name, String expected, String remedy) {
        problems.add(values.problem(name, expected, remedy));
    }

    private boolean is(String name, Enum<?> constant) {
        return values.get(name, Object.class).filter(constant::equals).isPresent();
    }

    private double number(String name, double absent) {
        return values.get(name, Number.class).map(Number::doubleValue).orElse(absent);
    }

    private boolean isEmptyList(String name) {
        return values.get(name, Object.class).filter(List.of()::equals).isPresent();
    }

    private List<?> list(String name) {
        return values.get(name, List.class).<List<?>>map(list -> list).orElse(List.of());
    }
}
