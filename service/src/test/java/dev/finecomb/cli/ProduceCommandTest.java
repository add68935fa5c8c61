package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is checked before a broker is asked. */
class ProduceCommandTest {
    @TempDir
    Path directory;

    private CommandRun dryRun(Path file, String options) {
        List<String> words = new ArrayList<>(List.of("produce", file.toString(), "--job", "digits", "--dry-run"));
        if (!options.isEmpty()) {
            words.addAll(List.of(options.split(" ")));
        }
        return CommandRun.of(words);
    }

    private Path csv(String lines) throws Exception {
        return Files.writeString(directory.resolve("d.csv"), lines.replace(';', '\n'), StandardCharsets.UTF_8);
    }

    @Test
    void aDryRunCountsRecordsAndAsksNoBroker() throws Exception {
        CommandRun run = dryRun(csv("1,2,0;3,4,1;5,6,2"), "--batch-size 2 --classes 3");
        assertThat(run.exitCode()).as(run.complaints()).isZero();
        assertThat(run.out())
                .startsWith(
                        "would send 2 records to finecomb.digits.batches; once through the files is 2 records, 3 samples, ");
        assertThat(run.complaints()).contains("d.csv: x F32 [3, 2], y I64 [3]");
        assertThat(dryRun(csv("1,2,0;3,4,1"), "--json").out())
                .startsWith("{\"topic\":\"finecomb.digits.batches\",\"sent\":0,\"records\":1,\"samples\":2,\"bytes\":");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1,2,0;3,4,1;5,6,7 | --batch-size 2 --classes 3 | samples 3 to 3: the service would refuse this record as LABEL_RANGE
                    1,nan,0           | --classes 3                | samples 1 to 1: the service would refuse this record as NON_FINITE_INPUT
                    1,2,0             | --input image --input x    | the model takes several tensors
                    1,2,0             | --batch-size 0             | --batch-size is 0; at least 1 is expected
                    1,2,0             | --label x                  | repeat a name
                    1,2,0;3,4,1       | --max-record-bytes 64      | --max-record-bytes is 64; at least 1024
                    """)
    void whatTheServiceWouldRefuseIsRefusedBeforeAnythingIsSent(String lines, String options, String complaint)
            throws Exception {
        CommandRun run = dryRun(csv(lines), options);
        assertThat(run.exitCode()).isIn(64, 78);
        assertThat(run.complaints()).contains(complaint);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void filesOfOneCallHaveOneSampleShape() throws Exception {
        Path first = Files.write(
                directory.resolve("a.safetensors"),
                SafetensorsWriter.toBytes(
                        List.of(Tensors.f32("x", new float[] {1, 2}, 1, 2), Tensors.i64("y", new long[] {0}, 1)),
                        Map.of()));
        Path second = Files.write(
                directory.resolve("b.safetensors"),
                SafetensorsWriter.toBytes(
                        List.of(Tensors.f32("x", new float[] {1, 2, 3}, 1, 3), Tensors.i64("y", new long[] {0}, 1)),
                        Map.of()));
        assertThat(dryRun(first, "").exitCode()).isZero();
        CommandRun both = dryRun(first, second.toString());
        assertThat(both.exitCode()).isEqualTo(78);
        assertThat(both.complaints()).contains("b.safetensors, samples 1 to 1", "SHAPE", "the model expects [2]");
    }

    @Test
    void aLateRecordDoesNotDelayThoseAfterIt() {
        var pace = new Pace(1000);
        assertThat(pace.nanosBefore(0)).isZero();
        assertThat(pace.nanosBefore(60_000)).isBetween(30_000_000_000L, 60_000_000_000L);
        assertThat(new Pace(Double.POSITIVE_INFINITY).nanosBefore(Long.MAX_VALUE))
                .isZero();
    }
}
