package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.TestConfig;
import dev.finecomb.cli.Diagnosis.Verdict;
import dev.finecomb.config.ModelConfig;
import dev.finecomb.config.Place;
import dev.finecomb.storage.ObjectServer;
import dev.finecomb.storage.ObjectStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineCheckTest {
    @TempDir
    Path directory;

    @Test
    void aDirectoryIsTriedAndLeftAsItWas() throws Exception {
        Diagnosis there = MachineCheck.directory("checkpoints", directory, 1);
        assertThat(there.verdict()).isEqualTo(Verdict.OK);
        assertThat(there.text()).contains(directory + " is writable, ", "MiB free");
        Path deep = directory.resolve("a/b");
        Diagnosis missing = MachineCheck.directory("checkpoints", deep, 1);
        assertThat(missing.verdict()).isEqualTo(Verdict.OK);
        assertThat(missing.text()).contains("which the service makes");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileInThePlaceOfADirectoryFailsAndTooLittleRoomWarns() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(MachineCheck.directory("export", file, 1).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(MachineCheck.directory("export", file.resolve("below"), 1).verdict())
                .isEqualTo(Verdict.FAIL);
        Diagnosis full = MachineCheck.directory("export", directory, Long.MAX_VALUE);
        assertThat(full.verdict()).isEqualTo(Verdict.WARN);
        assertThat(full.text()).contains("may be needed");
    }

    @Test
    void placesOfAnObjectStoreAreTriedToo() throws Exception {
        try (ObjectServer server = ObjectServer.start()) {
            Place.Bucket place = ObjectServer.place();
            Map<String, Object> settings = TestConfig.minimal(Path.of("unused"), directory);
            settings.put("model.uri", place.resolve("mlp.pt"));
            settings.put("checkpoint.directory", place.resolve("checkpoints"));
            settings.put("object-storage.scratch", directory.resolve("scratch"));
            settings.putAll(server.settings());
            assertThat(MachineCheck.files(TestConfig.of(settings)))
                    .first()
                    .satisfies(missing -> assertThat(missing.verdict()).isEqualTo(Verdict.FAIL))
                    .satisfies(missing ->
                            assertThat(missing.text()).contains(place.resolve("mlp.pt") + " does not exist"));
            try (ObjectStorage storage = server.storage(place)) {
                storage.put("mlp.pt", new byte[1000]);
                List<Diagnosis> found = MachineCheck.files(TestConfig.of(settings));
                assertThat(found).extracting(Diagnosis::verdict).containsOnly(Verdict.OK);
                assertThat(found.getFirst().text()).isEqualTo(place.resolve("mlp.pt") + ", 1000 bytes");
                assertThat(found.get(1).text()).contains("conditional writes");
                assertThat(found.getLast().text()).contains("scratch");
                assertThat(storage.list("")).as("nothing is left").hasSize(1);
            }
        }
    }

    @Test
    void theJvmOfTheTestsAndTheEngineWillDo() {
        assertThat(MachineCheck.jvm()).extracting(Diagnosis::verdict).containsOnly(Verdict.OK);
        Diagnosis engine = MachineCheck.engine(ModelConfig.Device.CPU);
        assertThat(engine.verdict()).isEqualTo(Verdict.OK);
        assertThat(engine.text()).contains("libtorch 2.7.1", "trains on cpu");
    }

    @Test
    void theWorstVerdictIsTheExitCode() {
        assertThat(Verdict.FAIL).isGreaterThan(Verdict.AWAY);
        assertThat(Diagnosis.of("broker", new CommandFailure(ExitCode.RETRY, "away")))
                .isEqualTo(Diagnosis.away("broker", "away"));
        assertThat(Diagnosis.of("broker", new CommandFailure(ExitCode.CONFIGURATION, "no"))
                        .line())
                .isEqualTo("fail  broker        no");
        assertThat(Diagnosis.ok("java", "25").json().toString())
                .isEqualTo("{\"check\":\"java\",\"result\":\"ok\",\"exitCode\":0,\"text\":\"25\"}");
    }
}
