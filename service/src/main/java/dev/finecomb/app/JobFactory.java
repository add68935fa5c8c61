package dev.finecomb.app;

import dev.finecomb.checkpoint.CheckpointKeeper;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.config.EffectiveSettings;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.Place;
import dev.finecomb.export.BucketExporter;
import dev.finecomb.export.ExportOutcome;
import dev.finecomb.export.ExportRequest;
import dev.finecomb.export.JobFacts;
import dev.finecomb.export.NamedMask;
import dev.finecomb.export.SparseModelExporter;
import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.CommandSource;
import dev.finecomb.ingest.CommandTopic;
import dev.finecomb.ingest.CommittedReader;
import dev.finecomb.ingest.KafkaBatchSource;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.PastMetrics;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.loop.JobStart;
import dev.finecomb.loop.ModelExport;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.model.UnreadableModelException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.Limits;
import dev.finecomb.publish.Publisher;
import dev.finecomb.publish.RepeatingPublisher;
import dev.finecomb.publish.TopicCheck;
import dev.finecomb.publish.TransactionalPublisher;
import dev.finecomb.sparsity.LayerVerdict;
import dev.finecomb.storage.ObjectStorage;
import dev.finecomb.telemetry.KafkaMeters;
import dev.finecomb.training.QuarantiningTrainer;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerAssembly;
import dev.finecomb.training.UnprunableModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Builds the parts of a job from its configuration. A test puts a failing part in the place of any. */
class JobFactory {
    /** Beside the checkpoints or in scratch; the store leaves it alone. */
    private static final String NOTE = "under-way.note";
    /** In scratch: the model until it is uploaded. */
    private static final String STAGED = "export";

    private final FinecombConfig config;
    private final InstantSource clock;
    private final KafkaMeters kafkaMeters;
    private final Topics topics;

    JobFactory(FinecombConfig config, InstantSource clock, KafkaMeters kafkaMeters) {
        this.config = config;
        this.clock = clock;
        this.kafkaMeters = kafkaMeters;
        this.topics = new Topics(config.kafka().prefix(), config.kafka().job());
    }

    Topics topics() {
        return topics;
    }

    /** Sees to the topics before anything is trained. */
    void checkTopics() throws RestartLaterException, OperatorNeededException, InterruptedException {
        new TopicCheck(config.kafka(), config.ingest()).run();
    }

    /** The module that the job begins with. */
    ModelLoader.Loaded load() throws UnreadableModelException, IOException {
        if (config.model().path().isEmpty() && config.checkpoint().directory() instanceof Place.Directory) {
            // It is written beside the checkpoints: only the store makes their directory so that it outlives the power.
            store();
        }
        return ModelLoader.load(config);
    }

    /** The trainer at step 0, and what was decided about every parameter. */
    TrainerAssembly.Assembled assemble(ModelLoader.Loaded loaded) throws UnprunableModelException {
        return TrainerAssembly.assemble(loaded.model(), config);
    }

    /** The trainer under watch for batches that kill the process; closing the watch does not close the trainer. */
    final Trainer watched(Trainer trainer) {
        return new QuarantiningTrainer(trainer, config.nearby().resolve(NOTE));
    }

    CheckpointStore store() throws IOException {
        return switch (config.checkpoint().directory()) {
            case Place.Directory(Path directory) -> CheckpointKeeper.inDirectory(directory);
            case Place.Bucket bucket -> CheckpointKeeper.inBucket(storage(bucket), scratch());
        };
    }

    /** Stays open as long as the process lives. */
    private ObjectStorage storage(Place.Bucket bucket) throws IOException {
        return ObjectStorage.open(config.objectStorage(), bucket);
    }

    private Path scratch() {
        return config.objectStorage().scratch().orElseThrow().toAbsolutePath().normalize();
    }

    BatchSource source() throws RestartLaterException, OperatorNeededException {
        var source = KafkaBatchSource.open(config.kafka(), config.ingest(), new BatchDecoder(schema()));
        kafkaMeters.bind(source.client());
        return source;
    }

    CommandSource commands() throws RestartLaterException, OperatorNeededException {
        return CommandTopic.open(config.kafka());
    }

    private BatchSchema schema() {
        return new BatchSchema(
                config.model().inputs(),
                config.model().labels(),
                Limits.RECORD.withMaxBytes(config.ingest().maxRecordBytes()),
                config.training().checkFinite(),
                config.model().classes(),
                Map.of());
    }

    Publisher publisher() throws RestartLaterException, OperatorNeededException {
        Publisher publisher = switch (config.kafka().delivery()) {
            case EXACTLY_ONCE -> TransactionalPublisher.open(config.kafka(), clock);
            case AT_LEAST_ONCE -> RepeatingPublisher.open(config.kafka(), clock);
        };
        kafkaMeters.bind(publisher.client());
        return publisher;
    }

    /** Reads what the job said of its steps in former processes. */
    final PastMetrics pastMetrics() {
        return new PastMetrics(config.kafka());
    }

    JobStart.CommittedReader committedReader() {
        return new CommittedReader(config.kafka())::read;
    }

    @FunctionalInterface
    private interface Exporter {
        ExportOutcome export(ModuleArchive archive, ExportRequest request, Runnable moving) throws IOException;
    }

    private Exporter exporter() throws IOException {
        return switch (config.export().directory()) {
            case Place.Directory(Path directory) -> new SparseModelExporter(directory)::export;
            case Place.Bucket bucket -> {
                ObjectStorage storage = storage(bucket);
                // Not after all the training.
                storage.tryOut();
                yield new BucketExporter(storage, scratch().resolve(STAGED))::export;
            }
        };
    }

    /** Binds what an export needs to know beside the trainer's state. */
    ModelExport export(ModelLoader.Loaded loaded, List<LayerVerdict> verdicts) throws IOException {
        Exporter exporter = exporter();
        List<LayerVerdict> sparse =
                verdicts.stream().filter(LayerVerdict::sparse).toList();
        ModuleArchive archive = loaded.model().archive();
        return (snapshot, masks, origin, prequential, moving) -> {
            List<NamedMask> named = new ArrayList<>();
            for (int i = 0; i < sparse.size(); i++) {
                named.add(new NamedMask(sparse.get(i).parameter(), masks.get(i)));
            }
            var facts = new JobFacts(
                    origin.job(),
                    origin.incarnation(),
                    origin.step(),
                    loaded.sha256(),
                    prequential,
                    new TreeMap<>(EffectiveSettings.describe(config)));
            var pattern = Pattern.parse(config.sparsity().pattern());
            return exporter.export(
                    archive, new ExportRequest(facts, pattern, snapshot.stateDict(), named, verdicts), moving);
        };
    }
}
