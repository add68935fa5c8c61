package dev.finecomb.protocol.message;

import dev.finecomb.protocol.Golden;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.Pattern;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A message whose bytes are frozen.
 *
 * @param golden its golden file
 * @param schema its JSON Schema
 * @param message the message
 * @param encoder our encoder of it
 * @param decoder our decoder for it
 */
public record Sample(String golden, String schema, Object message, Supplier<byte[]> encoder, Decoder decoder) {
    public static final Origin ORIGIN = new Origin("digits", "2f1c9a4e", 42);

    private static final String DIGEST_A = Sha256.hex("a".getBytes(StandardCharsets.US_ASCII));
    private static final String DIGEST_B = Sha256.hex("b".getBytes(StandardCharsets.US_ASCII));
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final List<FileEntry> FILES = List.of(
            new FileEntry("trainer.safetensors", 123_456_789_012L, DIGEST_A),
            new FileEntry("model.pt", 4096, DIGEST_B));

    /** Reads a message. */
    @FunctionalInterface
    public interface Decoder {
        Object decode(byte[] value) throws MalformedMessageException;
    }

    /** Every message. */
    public static Stream<Sample> all() {
        return Stream.concat(
                Stream.of(
                        metrics(),
                        regression(),
                        checkpoint(),
                        checkpointWithContent(),
                        command(),
                        bareCommand(),
                        model()),
                events());
    }

    /** What our encoder makes of the message. */
    public byte[] encoded() {
        return encoder.get();
    }

    /** The golden file's bytes. */
    public byte[] goldenBytes() {
        return Golden.bytes("messages/" + golden + ".json");
    }

    @Override
    public String toString() {
        return golden;
    }

    static CheckpointManifest checkpointManifest() {
        return checkpointManifest(FILES);
    }

    private static CheckpointManifest checkpointManifest(List<FileEntry> files) {
        return new CheckpointManifest(
                ORIGIN,
                7,
                Map.of(0, 42L, 2, 0L, 10, 9_007_199_254_740_993L),
                files,
                new CheckpointManifest.Fingerprints(DIGEST_A, DIGEST_B),
                NOON);
    }

    static StepMetrics stepMetrics(double learningRate, OptionalDouble accuracy) {
        return new StepMetrics(
                ORIGIN,
                new StepMetrics.Learning(64, 0.375, accuracy, learningRate, 1.5, 12.25),
                new StepMetrics.Progress(4, 0.75, JobPhase.REMOVING),
                new RecordPosition(0, 41));
    }

    private static Sample metrics() {
        StepMetrics message = stepMetrics(0.0625, OptionalDouble.of(0.90625));
        return new Sample("step-metrics", "step-metrics", message, message::encode, StepMetrics::decode);
    }

    private static Sample regression() {
        StepMetrics message = stepMetrics(0.0625, OptionalDouble.empty());
        return new Sample("step-metrics-regression", "step-metrics", message, message::encode, StepMetrics::decode);
    }

    private static Sample checkpoint() {
        CheckpointManifest message = checkpointManifest();
        return new Sample(
                "checkpoint-manifest", "checkpoint-manifest", message, message::encode, CheckpointManifest::decode);
    }

    private static Sample checkpointWithContent() {
        FileEntry carried = FileEntry.carrying("job.json", "{\"format\":1,\"note\":\"größe\"}\n");
        CheckpointManifest message = checkpointManifest(List.of(FILES.getFirst(), carried));
        return new Sample(
                "checkpoint-manifest-with-content",
                "checkpoint-manifest",
                message,
                message::encode,
                CheckpointManifest::decode);
    }

    private static Sample command() {
        Command message = new Command(
                "c-1",
                Verb.SET_LEARNING_RATE,
                Map.of(Command.LEARNING_RATE, Scalar.of(0.125)),
                new Command.Validity("2f1c9a4e", NOON));
        return new Sample("command", "command", message, message::encode, Command::decode);
    }

    private static Sample bareCommand() {
        Command message = Command.of("c-2", Verb.STOP);
        return new Sample("command-bare", "command", message, message::encode, Command::decode);
    }

    private static Sample model() {
        FinishedModel message = new FinishedModel(
                ORIGIN,
                new Pattern(2, 4),
                "export/digits",
                FILES,
                new FinishedModel.Proof(3, 4096, 8192, 2, 3),
                OptionalDouble.of(0.9375));
        return new Sample("finished-model", "finished-model", message, message::encode, FinishedModel::decode);
    }

    private static Stream<Sample> events() {
        Map<EventKind, Map<String, Scalar>> details = new EnumMap<>(EventKind.class);
        details.put(EventKind.STARTED, Map.of("device", Scalar.of("cpu"), "resumable", Scalar.of(true)));
        details.put(EventKind.RESUMED, Map.of("checkpoint", Scalar.of(7)));
        details.put(EventKind.REMOVED, Map.of("survivors", Scalar.of(4), "density", Scalar.of(0.75)));
        details.put(EventKind.SNAPSHOT_PUBLISHED, Map.of("version", Scalar.of(3), "state", Scalar.of("searching")));
        details.put(EventKind.PAUSED, Map.of());
        details.put(EventKind.FINALIZED, Map.of("location", Scalar.of("export/größe")));
        details.put(EventKind.REWOUND, Map.of("fromCheckpoint", Scalar.of(9), "toCheckpoint", Scalar.of(8)));
        details.put(EventKind.FAILED, Map.of("reason", Scalar.of("two\nlines, \"quoted\""), "exitCode", Scalar.of(78)));
        details.put(EventKind.COMMAND_APPLIED, Map.of("commandId", Scalar.of("c-1"), "verb", Scalar.of("pause")));
        details.put(EventKind.COMMAND_REFUSED, Map.of("commandId", Scalar.of("c-2"), "reason", Scalar.of("expired")));
        return Stream.of(EventKind.values()).map(kind -> {
            JobEvent event = new JobEvent(ORIGIN, kind, NOON.plusMillis(250), details.getOrDefault(kind, Map.of()));
            return new Sample("event-" + kind.wireName(), "job-event", event, event::encode, JobEvent::decode);
        });
    }
}
