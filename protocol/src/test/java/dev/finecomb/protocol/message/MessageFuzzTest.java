package dev.finecomb.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.fuzz.Decoder;
import dev.finecomb.fuzz.Fuzzer;
import dev.finecomb.fuzz.Mutator;
import dev.finecomb.protocol.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every damaged message is refused, or is a message that comes back equal when it is written again. */
class MessageFuzzTest {
    private static final List<byte[]> WORDS = Mutator.bytes(
            "job",
            "incarnation",
            "step",
            "args",
            "learningRate",
            "set-learning-rate",
            "details",
            "expiresAt",
            "+1000000000-12-31T23:59:59.999999999Z",
            "-1000000000-01-01T00:00:00Z",
            "2026-01-31T24:00:00+18:00",
            "2:4",
            "16:16",
            "..",
            ".hidden",
            "a/b",
            "fc1;;",
            "\"details\":{\"a\":-0.0,\"b\":1e2,\"c\":\"\\u0000\"},",
            "\"accuracy\":null,");

    /** One decoder; its messages are the values that it is fuzzed with. */
    record Kind(String name, Sample.Decoder decoder, Function<Object, byte[]> encoder) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("step-metrics", StepMetrics::decode, message -> ((StepMetrics) message).encode()),
                new Kind(
                        "checkpoint-manifest",
                        CheckpointManifest::decode,
                        message -> ((CheckpointManifest) message).encode()),
                new Kind("command", Command::decode, message -> ((Command) message).encode()),
                new Kind("finished-model", FinishedModel::decode, message -> ((FinishedModel) message).encode()),
                new Kind("job-event", JobEvent::decode, message -> ((JobEvent) message).encode()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void messages(Kind kind) throws Exception {
        List<byte[]> corpus = Sample.all()
                .filter(sample -> sample.schema().equals(kind.name()))
                .map(Sample::goldenBytes)
                .toList();
        Fuzzer fuzzer = new Fuzzer(kind.name(), 4);

        long accepted = fuzzer.run(
                Decoder.of(MalformedMessageException.class, kind.decoder()::decode, kind.encoder()),
                random -> new Mutator(random, WORDS).mutate(corpus));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }

    @Test
    void pointers() throws Exception {
        List<byte[]> corpus =
                Mutator.bytes(Sample.checkpointManifest().pointer().format(), "fc1;a;b;0;0;" + "0".repeat(64));
        Fuzzer fuzzer = new Fuzzer("checkpoint-pointer", 3);

        long accepted = fuzzer.run(
                Decoder.of(
                        MalformedMessageException.class,
                        value -> CheckpointPointer.parse(new String(value, StandardCharsets.UTF_8)),
                        pointer -> pointer.format().getBytes(StandardCharsets.US_ASCII)),
                random -> new Mutator(random, WORDS).mutate(corpus));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }
}
