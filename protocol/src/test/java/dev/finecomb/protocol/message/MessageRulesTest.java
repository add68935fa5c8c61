package dev.finecomb.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.json.Scalar;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageRulesTest {
    private static final Origin ORIGIN = Sample.ORIGIN;
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @EnumSource
    void anEventTellsTheDetailsOfItsKind(EventKind kind) {
        for (String missing : kind.details()) {
            Map<String, Scalar> details = new HashMap<>();
            kind.details().forEach(name -> details.put(name, Scalar.of(1)));
            details.remove(missing);

            assertThatThrownBy(() -> new JobEvent(ORIGIN, kind, Instant.EPOCH, details))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageStartingWith("details." + missing + ": expected a detail of every " + kind.wireName());
        }
    }

    @Test
    void figuresThatAreNoNumbersNeverLeave() {
        assertThatThrownBy(() -> new StepMetrics.Learning(1, Double.NaN, OptionalDouble.empty(), 1, 1, 1))
                .hasMessageStartingWith("loss: expected a finite number, found NaN");
        assertThatThrownBy(() -> new StepMetrics.Learning(1, 1, OptionalDouble.of(1.5), 1, 1, 1))
                .hasMessageStartingWith("accuracy: ");
        assertThatThrownBy(() -> new StepMetrics.Learning(1, 1, OptionalDouble.of(Double.NaN), 1, 1, 1))
                .hasMessageStartingWith("accuracy: ");
        assertThatThrownBy(() -> new StepMetrics.Learning(1, 1, OptionalDouble.empty(), 1, Double.POSITIVE_INFINITY, 1))
                .hasMessageStartingWith("gradientNorm: ");
        assertThatThrownBy(() -> new StepMetrics.Progress(1, 1.01, JobPhase.LEARNING))
                .hasMessageStartingWith("density: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a\\b", "/etc/passwd", ".hidden", "-rf", "a\n"})
    void aFilesNameLeadsNowhereElse(String name) {
        assertThatThrownBy(() -> new FileEntry(name, 1, DIGEST))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("name: expected a plain file name");
    }

    @Test
    void aManifestNamesEachFileOnce() {
        CheckpointManifest whole = Sample.checkpointManifest();
        FileEntry file = whole.files().getFirst();

        assertThatThrownBy(() -> withFiles(whole, List.of(file, file))).hasMessageContaining("twice");
        assertThatThrownBy(() -> withFiles(whole, List.of())).hasMessageStartingWith("files: ");
    }

    @Test
    void carriedContentIsTheFilesAndBoundedInAll() {
        CheckpointManifest whole = Sample.checkpointManifest();
        FileEntry half = FileEntry.carrying("a.json", "x".repeat(FileEntry.MAX_CONTENT_BYTES / 2));
        FileEntry other = FileEntry.carrying("b.json", "y".repeat(FileEntry.MAX_CONTENT_BYTES / 2));
        FileEntry more = FileEntry.carrying("c.json", "z");

        assertThat(withFiles(whole, List.of(half, other)).files()).containsExactly(half, other);
        assertThat(withFiles(whole, List.of(half, other)).encode()).hasSizeLessThan(900 << 10);
        assertThatThrownBy(() -> withFiles(whole, List.of(half, other, more)))
                .hasMessageStartingWith("files: expected content of at most 262144 bytes in all");
        assertThatThrownBy(() -> new FileEntry("a.json", 2, more.sha256(), Optional.of("z")))
                .hasMessageStartingWith("content: expected 2 bytes");
        assertThatThrownBy(() -> new FileEntry("a.json", 1, half.sha256(), Optional.of("z")))
                .hasMessageStartingWith("content: expected 1 bytes of SHA-256 " + half.sha256());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "00", "+1", "1.0", "x", "", "2147483648"})
    void aPositionBelongsToAPartition(String partition) {
        String json =
                new String(Sample.checkpointManifest().encode(), UTF_8).replace("\"10\":", "\"" + partition + "\":");

        assertThatThrownBy(() -> CheckpointManifest.decode(json.getBytes(UTF_8)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("positions");
    }

    @Test
    void theLongestPointerFitsItsPlace() throws MalformedMessageException {
        CheckpointPointer pointer = new CheckpointPointer(
                new Origin("j".repeat(50), "i".repeat(36), Long.MAX_VALUE), Long.MAX_VALUE, DIGEST);

        assertThat(pointer.format()).hasSizeLessThan(200).isASCII();
        assertThat(CheckpointPointer.parse(pointer.format())).isEqualTo(pointer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fc1",
                "fc2;j;i;1;2;D",
                "fc1;j;i;1;2",
                "fc1;j;i;1;2;D;",
                " fc1;j;i;1;2;D",
                "fc1;j;i;01;2;D",
                "fc1;j;i;-1;2;D",
                "fc1;j;i;1;+2;D",
                "fc1;j.j;i;1;2;D",
                "fc1;;i;1;2;D",
                "fc1;j;;1;2;D",
                "fc1;j;i;9223372036854775808;2;D",
                "fc1;j;i;1;2;x",
                "fc1;j;i;1;2;D\n",
                "fc1;j;i;;2;D"
            })
    void aPointerHasOneForm(String text) {
        assertThatThrownBy(() -> CheckpointPointer.parse(text.replace("D", DIGEST)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("checkpoint pointer");
    }

    @Test
    void aCommandKnowsWhomAndUntilWhenItConcerns() {
        Instant noon = Instant.parse("2026-01-31T12:00:00Z");
        Command.Validity until = new Command.Validity("a", noon);

        assertThat(until.concerns("a")).isTrue();
        assertThat(until.concerns("b")).isFalse();
        assertThat(until.expiredAt(noon.minusNanos(1))).isFalse();
        assertThat(until.expiredAt(noon)).isTrue();
        assertThat(Command.Validity.ALWAYS.concerns("b")).isTrue();
        assertThat(Command.Validity.ALWAYS.expiredAt(noon)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"learningRate\":0}", "{\"learningRate\":-1}", "{\"learningRate\":\"1\"}", "null"})
    void settingARateNeedsARate(String args) {
        String json = "{\"id\":\"1\",\"verb\":\"set-learning-rate\",\"args\":" + args + "}";

        assertThatThrownBy(() -> Command.decode(json.getBytes(UTF_8)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("args.learningRate: expected a positive number");
    }

    @Test
    void aCommandWithNullsIsBare() throws MalformedMessageException {
        String json = "{\"id\":\"1\",\"verb\":\"stop\",\"args\":null,\"expectedIncarnation\":null,\"expiresAt\":null}";

        assertThat(Command.decode(json.getBytes(UTF_8))).isEqualTo(Command.of("1", Verb.STOP));
    }

    @Test
    void anUnknownVerbIsNamedWithTheKnownOnes() {
        assertThatThrownBy(() -> Command.decode("{\"id\":\"1\",\"verb\":\"explode\"}".getBytes(UTF_8)))
                .hasMessage("verb: expected one of pause, resume, checkpoint, publish-masks, export, set-learning-rate,"
                        + " stop, found \"explode\"");
    }

    private static CheckpointManifest withFiles(CheckpointManifest whole, List<FileEntry> files) {
        return new CheckpointManifest(
                whole.origin(), whole.sequence(), whole.positions(), files, whole.fingerprints(), whole.createdAt());
    }
}
