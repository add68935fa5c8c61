package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.Binding;
import dev.finecomb.config.ConfigBinder;
import dev.finecomb.config.ConfigSource;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.TestArchives;
import dev.finecomb.protocol.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** Configurations made from real modules, read back as the service reads them. */
class InitCommandTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsPrintedIsAConfigurationTheServiceTakes() throws Exception {
        Path model = TestArchives.batchNormCnn();

        CommandRun run = CommandRun.of("init", model, "--directory", folder.resolve("job"));

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.out().lines().filter(line -> line.startsWith("# ")))
                .anyMatch(line -> line.matches("# conv1.weight +\\[16,8,3,3] +sparse +.*form groups of 4"))
                .anyMatch(line -> line.matches("# stem.weight +\\[8,3,3,3] +dense +.*not divisible by 4"));
        FinecombConfig config = bound(run.out());
        assertThat(config.model().path()).contains(model);
        assertThat(config.model().sha256()).contains(Sha256.hex(model));
        assertThat(config.model().inputs()).containsExactly("x");
        assertThat(config.kafka().job()).isEqualTo("batch-norm-cnn");
        assertThat(config.sparsity().pattern()).isEqualTo("2:4");
        assertThat(config.checkpoint().directory())
                .hasToString(folder.resolve("job/checkpoints").toString());
        assertThat(config.export().directory())
                .hasToString(folder.resolve("job/export").toString());
    }

    @Test
    void everyOptionArrivesInTheFile() throws Exception {
        Path file = folder.resolve("job.yml");

        CommandRun run = CommandRun.of(
                "init",
                TestArchives.batchNormCnn(),
                "--pattern",
                "8:16",
                "--include",
                "head.*",
                "--exclude",
                "conv1.*",
                "--bootstrap-servers",
                "a:1,b:2",
                "--job",
                "lab-1",
                "--out",
                file);

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.out()).contains("lab-1", "conv2.weight, head.weight").doesNotContain("conv1.weight");
        FinecombConfig config = bound(Files.readString(file));
        assertThat(config.kafka().bootstrapServers()).isEqualTo("a:1,b:2");
        assertThat(config.kafka().job()).isEqualTo("lab-1");
        assertThat(config.sparsity().pattern()).isEqualTo("8:16");
        assertThat(config.sparsity().variant()).hasToString("LINEAR");
        assertThat(config.sparsity().include()).containsExactly("head.*");
        assertThat(config.sparsity().exclude()).containsExactly("conv1.*");
    }

    @Test
    void anExistingFileIsKeptUnlessToldOtherwise() throws Exception {
        Path file = Files.writeString(folder.resolve("job.yml"), "precious");

        CommandRun refused = CommandRun.of("init", TestArchives.mlp(), "--out", file);

        assertThat(refused.exitCode()).isEqualTo(64);
        assertThat(refused.complaints()).contains("exists", "--force");
        assertThat(file).hasContent("precious");
        assertThat(CommandRun.of("init", TestArchives.mlp(), "--out", file, "--force")
                        .exitCode())
                .isZero();
        assertThat(bound(Files.readString(file)).kafka().job()).isEqualTo("mlp");
    }

    @Test
    void jsonHoldsVerdictsAndFile() throws Exception {
        var json = CommandRun.of("init", TestArchives.mlp(), "--json").json();

        assertThat(json.at("/layers/0/parameter").asText()).endsWith("weight");
        assertThat(bound(json.path("configuration").asText()).kafka().job()).isEqualTo("mlp");
    }

    @Test
    void aPathWithOddCharactersSurvives() throws Exception {
        Path model = Files.copy(TestArchives.mlp(), folder.resolve("my #1: \"net\" %s.pt"));

        FinecombConfig config = bound(CommandRun.of("init", model).out());

        assertThat(config.model().path()).contains(model);
        assertThat(config.kafka().job()).isEqualTo("my-1-net-s");
    }

    @ParameterizedTest
    @CsvSource({"net.pt,net", "My_Net v2.pt,my-net-v2", "---.pt,job", "a.b.c,a-b", "Ärger.pt,rger"})
    void theJobIsNamedAfterTheFile(String file, String job) {
        assertThat(InitCommand.jobName(Path.of(file))).isEqualTo(job).matches("[a-z0-9-]{1,50}");
        assertThat(InitCommand.jobName(Path.of("x".repeat(90) + ".pt"))).hasSize(50);
    }

    @Test
    void whatCantBeTrainedEndsWith78() throws Exception {
        Path tied = TestArchives.mlp().resolveSibling("tied.pt");
        Path garbage = Files.writeString(folder.resolve("garbage.pt"), "no module");

        assertEnds(CommandRun.of("init", tied), 78, "untie the weights");
        assertEnds(CommandRun.of("init", garbage), 78, "no zip archive");
        assertEnds(CommandRun.of("init", TestArchives.mlp(), "--pattern", "3:7"), 78, "can be made 3:7 sparse");
    }

    @Test
    void wrongArgumentsEndWith64AndFilesThatCantBeUsedWith78() {
        Path mlp = TestArchives.mlp();
        assertEnds(CommandRun.of("init", folder.resolve("none.pt")), 78, "none.pt is no file");
        assertEnds(CommandRun.of("init", mlp, "--job", "NO"), 64, "finecomb.kafka.job", "lower-case");
        assertEnds(CommandRun.of("init", mlp, "--bootstrap-servers", "x"), 64, "host:port");
        assertEnds(CommandRun.of("init", mlp, "--exclude", "none.*"), 64, "none.*", "it has");
        assertEnds(CommandRun.of("init", mlp, "--pattern", "4:4"), 64, "for example 2:4");
        assertEnds(CommandRun.of("init", mlp, "--out", folder.resolve("no/place.yml")), 78, "can't be written");
        assertEnds(CommandRun.of("init"), 64, "MODEL.pt");
        assertThat(folder).isEmptyDirectory();
    }

    private static void assertEnds(CommandRun run, int code, String... parts) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(code);
        assertThat(run.complaints()).contains(parts);
        assertThat(run.out()).isEmpty();
    }

    private static FinecombConfig bound(String yaml) {
        Map<String, Object> tree = new Yaml().load(yaml);
        var source = new ConfigSource("job.yml", ConfigSource.Naming.PROPERTIES, tree);
        return switch (new ConfigBinder().bind(List.of(source))) {
            case Binding.Bound(FinecombConfig config) -> config;
            case Binding.Invalid(var problems) -> throw new AssertionError(problems.toString());
        };
    }
}
