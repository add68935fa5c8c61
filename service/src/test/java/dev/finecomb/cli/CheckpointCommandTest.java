package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.checkpoint.CheckpointKeeper;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.Checkpoints;
import dev.finecomb.config.Place;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.storage.ObjectServer;
import dev.finecomb.storage.ObjectStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores as the service writes them, whole and damaged, looked at from outside. */
class CheckpointCommandTest {
    @TempDir
    private Path folder;

    private Path directory;

    @BeforeEach
    void threeCheckpoints() throws IOException {
        directory = folder.resolve("checkpoints");
        CheckpointStore store = CheckpointKeeper.inDirectory(directory);
        for (long sequence = 0; sequence < 3; sequence++) {
            Checkpoints.write(store, sequence);
        }
    }

    private CommandRun checkpoint(Object... words) {
        return CommandRun.of(
                Stream.concat(Stream.of("checkpoint"), Stream.of(words)).toArray());
    }

    private Path file(long sequence, String name) {
        return directory.resolve(Checkpoints.id(sequence).toString()).resolve(name);
    }

    @Test
    void lsListsThemInTheirOrder() throws Exception {
        CommandRun run = checkpoint("ls", directory);

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.out().lines().skip(1))
                .hasSize(3)
                .first()
                .asString()
                .startsWith("i1-000000000000  digits")
                .contains("4.9 KiB", " d");
        var json = checkpoint("ls", directory, "--json").json();
        assertThat(json.at("/checkpoints/2/step").asInt()).isEqualTo(20);
        assertThat(json.at("/checkpoints/2/damage")).isEmpty();
    }

    @Test
    void showPrintsTheManifest() throws Exception {
        CommandRun run = checkpoint("show", directory, "i1-000000000001");

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.out())
                .contains("job            digits", "step           10", "positions      0:100")
                .contains("state.safetensors", Sha256.hex(file(1, "state.safetensors")))
                .contains("manifest       " + Sha256.hex(file(1, "manifest.json")));
        assertThat(checkpoint("show", directory, "i1-000000000001", "--json")
                        .out()
                        .strip())
                .isEqualTo(Files.readString(file(1, "manifest.json")).strip());
        assertThat(checkpoint("show", directory).out()).contains("incarnation    i1");
    }

    @Test
    void verifyReadsEveryFileAndChangesNothing() throws Exception {
        Map<String, String> before = everything();

        CommandRun run = checkpoint("verify", directory);

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.out().lines()).hasSize(3).allMatch(line -> line.startsWith("whole    i1-"));
        checkpoint("ls", directory);
        checkpoint("show", directory);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void verifyNamesEveryDamagedFileAndLeavesItSo() throws Exception {
        byte[] state = Files.readAllBytes(file(1, "state.safetensors"));
        state[2500] ^= 4;
        Files.write(file(1, "state.safetensors"), state);
        Files.delete(file(1, "job.json"));
        Files.write(file(2, "state.safetensors"), new byte[10]);
        Map<String, String> before = everything();

        CommandRun run = checkpoint("verify", directory);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("whole    i1-000000000000"),
                        flipped -> assertThat(flipped)
                                .startsWith("DAMAGED  i1-000000000001")
                                .contains("state.safetensors", "expected sha256:"),
                        deleted -> assertThat(deleted).contains("job.json", "found no file"),
                        cut -> assertThat(cut)
                                .startsWith("DAMAGED  i1-000000000002")
                                .contains("5000 bytes, found 10 bytes"));
        assertThat(everything()).isEqualTo(before);
        assertThat(checkpoint("verify", directory, "i1-000000000000").exitCode())
                .isZero();
        assertThat(checkpoint("verify", directory, "--json").json().at("/checkpoints/1/damage"))
                .hasSize(2);
        assertThat(checkpoint("ls", directory).exitCode())
                .as("ls reads no files but manifests")
                .isZero();
    }

    @Test
    void aDamagedManifestIsSaidByAll() throws Exception {
        Files.writeString(file(2, "manifest.json"), "{");

        assertThat(checkpoint("ls", directory)).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("i1-000000000002", "DAMAGED", "a malformed one");
        });
        assertThat(checkpoint("verify", directory).exitCode()).isEqualTo(1);
        CommandRun shown = checkpoint("show", directory, "i1-000000000002");
        assertThat(shown.exitCode()).isEqualTo(1);
        assertThat(shown.complaints()).contains(file(2, "manifest.json").toString());
        assertThat(checkpoint("show", directory).out()).contains("i1-00000000000");
    }

    @Test
    void whatIsUnderWayIsSaid() throws Exception {
        Files.createDirectory(directory.resolve(".writing-i1-000000000003-x"));

        assertThat(checkpoint("ls", directory).out()).contains("left behind so: .writing-i1-000000000003-x");
    }

    @Test
    void wrongArgumentsEndWith64AndNoCheckpointsWith78() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        assertEnds(78, checkpoint("ls", folder.resolve("none")), "none is no directory", "checkpoint.directory");
        assertEnds(78, checkpoint("show", empty), "holds no checkpoint");
        assertEnds(78, checkpoint("verify", empty), "holds no checkpoint");
        assertUsage(checkpoint("show", directory, "i2"), "holds no checkpoint i2", "i1-000000000002");
        assertUsage(checkpoint("verify", directory, "i2"), "holds no checkpoint i2", "i1-000000000002");
        assertUsage(checkpoint("ls"), "DIRECTORY");
        assertUsage(checkpoint(), "Missing required subcommand");
        assertThat(checkpoint("ls", empty)).satisfies(run -> {
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).contains("holds no checkpoint");
        });
        assertThat(folder.resolve("none")).doesNotExist();
    }

    private static void assertUsage(CommandRun run, String... parts) {
        assertEnds(64, run, parts);
    }

    private static void assertEnds(int code, CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(code);
        assertThat(run.complaints()).contains(parts);
    }

    /** Each file's digest and time of change. */
    private Map<String, String> everything() throws IOException {
        Map<String, String> all = new TreeMap<>();
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(directory)) {
            paths = tree.toList();
        }
        for (Path path : paths) {
            String content = Files.isRegularFile(path) ? Sha256.hex(path) : "directory";
            all.put(path.toString(), content + " " + Files.getLastModifiedTime(path));
        }
        return all;
    }

    @Test
    void aBucketIsLookedAtLikeADirectory() throws Exception {
        try (ObjectServer server = ObjectServer.start()) {
            Place.Bucket place = ObjectServer.place();
            ObjectStorage storage = server.storage(place);
            CheckpointStore store = CheckpointKeeper.inBucket(storage, folder.resolve("scratch"));
            Checkpoints.write(store, 0);
            Checkpoints.write(store, 1);
            Object[] reached = {"--s3-endpoint", server.endpoint(), "--s3-region", "us-east-1", "--s3-path-style"};

            CommandRun ls = checkpoint(
                    Stream.concat(Stream.of("ls", place), Stream.of(reached)).toArray());
            assertThat(ls.exitCode()).as(ls.toString()).isZero();
            assertThat(ls.out()).contains("i1-000000000000  digits", "i1-000000000001  digits");
            CommandRun show = checkpoint(Stream.concat(Stream.of("show", place, "i1-000000000001"), Stream.of(reached))
                    .toArray());
            assertThat(show.out()).contains("location       " + place + "/i1-000000000001");

            storage.delete("i1-000000000001/job.json");
            CommandRun verify = checkpoint(Stream.concat(Stream.of("verify", place), Stream.of(reached))
                    .toArray());
            assertThat(verify.exitCode()).as(verify.toString()).isEqualTo(1);
            assertThat(verify.out())
                    .contains("whole    i1-000000000000")
                    .contains("DAMAGED  i1-000000000001: Checkpoint file " + place + "/i1-000000000001/job.json");
        }
    }
}
