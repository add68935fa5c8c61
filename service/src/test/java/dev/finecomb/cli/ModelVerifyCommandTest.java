package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.export.ExportedModels;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proof on exports of the service and on files of anybody. */
class ModelVerifyCommandTest {
    @TempDir
    private Path folder;

    @Test
    void anExportHoldsOnceItsDenseLayersAreLeftOut() throws Exception {
        Path model = ExportedModels.write(folder.resolve("export"));

        CommandRun run = verify(model, "--pattern", "2:4", "--exclude", "head.weight");

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.out())
                .contains("conv1.weight", "conv2.weight", "2:4 holds in all", "stem.weight")
                .doesNotContain("VIOLATED");
    }

    @Test
    void aDenseLayerIsNamedWithItsFirstGroupAndTheWayOut() throws Exception {
        Path model = write(
                Tensors.f32("a.weight", new float[] {1, 0, 0, 2, 1, 0, 3, 0}, 2, 4),
                Tensors.f32("b.weight", new float[] {0, 0, 1, 2, 3, 4, 5, 0}, 1, 8),
                Tensors.f32("b.bias", new float[] {1}, 1));

        CommandRun run = verify(model, "--pattern", "2:4");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains(
                        "group 1 at [0,4]: 3 nonzeros",
                        "not counted: 1 without input channels",
                        "2:4 is VIOLATED in 1 of 2 tensors: b.weight",
                        "--exclude b.weight");
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        Path model = write(
                Tensors.f32("a.weight", new float[] {1, 0, 0, 2}, 1, 4),
                Tensors.f32("b.weight", new float[] {1, 2, 3, 4}, 1, 4),
                Tensors.f32("c.weight", new float[] {1, 2, 3}, 1, 3));

        CommandRun run = verify(model, "--pattern", "2:4", "--json");

        JsonNode json = run.json();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(json.path("holds").asBoolean(true)).isFalse();
        assertThat(json.at("/tensors/0/violations").asInt(-1)).isZero();
        assertThat(json.at("/tensors/0/density").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/tensors/1/firstViolation/nonzeros").asInt()).isEqualTo(4);
        assertThat(json.at("/notCounted/0/name").asText()).isEqualTo("c.weight");
    }

    @Test
    void includeNarrowsAndExcludeWins() throws Exception {
        Path model = write(
                Tensors.f32("a.weight", new float[] {1, 0, 0, 2}, 1, 4),
                Tensors.f32("b.weight", new float[] {1, 2, 3, 4}, 1, 4));

        assertThat(verify(model, "--pattern", "2:4", "--include", "a.*").exitCode())
                .isZero();
        assertThat(verify(model, "--pattern", "2:4", "--include", "*", "--exclude", "b.*")
                        .exitCode())
                .isZero();
        assertThat(verify(model, "--pattern", "2:4", "--include", "b.*").exitCode())
                .isEqualTo(1);
        assertThat(verify(model, "--pattern", "1:4", "--include", "a.*").exitCode())
                .isEqualTo(1);
    }

    @Test
    void whatNamesNothingProvesNothing() throws Exception {
        Path model = write(
                Tensors.f32("a.weight", new float[] {1, 0, 0, 2}, 1, 4),
                Tensors.f32("odd.weight", new float[] {1, 0, 0}, 1, 3));

        assertUsage(verify(model, "--pattern", "2:4", "--include", "c.*"), "--include c.*", "a.weight, odd.weight");
        assertUsage(verify(model, "--pattern", "2:4", "--exclude", "c.*"), "--exclude c.*", "a.weight, odd.weight");
        assertUsage(
                verify(model, "--pattern", "2:4", "--include", "odd.*"), "input channels (3) are not divisible by 4");
        assertUsage(verify(model, "--pattern", "2:4", "--exclude", "*"), "holds no weight that has groups of 4");
        assertUsage(verify(model, "--pattern", "1:16"), "holds no weight that has groups of 16", "a.weight");
    }

    @Test
    void whatIsNoModelEndsWith78() throws Exception {
        Path garbage = Files.writeString(folder.resolve("garbage"), "no safetensors at all");

        assertEnds(78, verify(garbage, "--pattern", "2:4"), "garbage is no safetensors file");
        assertEnds(78, verify(folder.resolve("none"), "--pattern", "2:4"), "none can't be read");
        assertEnds(78, verify(folder, "--pattern", "2:4"), folder.toString());
    }

    @Test
    void aWrongLineEndsWith64AndTheForm() throws Exception {
        Path model = write(Tensors.f32("a.weight", new float[] {1, 0, 0, 2}, 1, 4));

        assertUsage(verify(model), "--pattern=N:M");
        assertUsage(verify(model, "--pattern", "4:2"), "N:M with 0 < N < M <= 16, for example 2:4");
        assertUsage(CommandRun.of("model"), "Missing required subcommand");
        assertUsage(CommandRun.of("model", "verify", "--pattern", "2:4"), "FILE");
    }

    private static void assertUsage(CommandRun run, String... parts) {
        assertEnds(64, run, parts);
    }

    private static void assertEnds(int code, CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(code);
        assertThat(run.complaints()).contains(parts);
        assertThat(run.out()).isEmpty();
    }

    private static CommandRun verify(Path model, String... more) {
        Object[] words = new Object[more.length + 3];
        words[0] = "model";
        words[1] = "verify";
        words[2] = model;
        System.arraycopy(more, 0, words, 3, more.length);
        return CommandRun.of(words);
    }

    private Path write(Tensor... tensors) throws Exception {
        Path file = folder.resolve("model.safetensors");
        return Files.write(file, SafetensorsWriter.toBytes(List.of(tensors), Map.of()));
    }
}
