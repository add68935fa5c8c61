package dev.finecomb.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.config.Place;
import dev.finecomb.export.ExportOutcome.Proven;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.storage.FaultyNetwork;
import dev.finecomb.storage.FaultyNetwork.Fate;
import dev.finecomb.storage.ObjectServer;
import dev.finecomb.storage.ObjectStorage;
import dev.finecomb.storage.ObjectUpload;
import dev.finecomb.storage.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketExporterTest {
    private static ObjectServer server;

    @TempDir
    Path scratch;

    private final Place.Bucket place = ObjectServer.place();
    private final AtomicInteger moving = new AtomicInteger();
    private ExportWorld world;

    @BeforeAll
    static void start() throws Exception {
        server = ObjectServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void begin() throws Exception {
        world = new ExportWorld("2:4");
    }

    private Proven export(ObjectStorage storage) throws IOException {
        return (Proven) new BucketExporter(storage, scratch.resolve("export"))
                .export(world.archive, world.request(), moving::incrementAndGet);
    }

    private List<String> names(ObjectStorage storage) throws IOException {
        return storage.list("").stream().map(StoredObject::name).toList();
    }

    @Test
    void theProvenModelIsSentAndTheSameExportAgainIsTheSameObjects() throws Exception {
        ObjectStorage storage = server.storage(place);
        Proven proven = export(storage);
        String location = proven.location().toString();
        assertThat(location).matches(place + "/1f0c-000000000600-[0-9a-f]{12}/");
        String name = location.substring((place + "/").length());
        for (ExportedFile file : proven.manifest().files()) {
            assertThat(storage.read(name + file.name()).map(Sha256::hex)).contains(file.sha256());
        }
        assertThat(storage.read(name + "manifest.json"))
                .hasValueSatisfying(
                        bytes -> assertThat(bytes).isEqualTo(proven.manifest().encode()));
        assertThat(scratch.resolve("export")).doesNotExist();
        assertThat(moving).as("each file written and sent, and the proof").hasValueGreaterThanOrEqualTo(6);

        assertThat(export(storage).location()).isEqualTo(proven.location());
        assertThat(names(storage)).hasSize(4);
    }

    @Test
    void withoutItsManifestAnExportIsNotAnnouncedAndTheNextAttemptCompletesIt() throws Exception {
        // A look for parts that nobody finishes, three files, then the manifest.
        var network = new FaultyNetwork((_, number) -> number >= 4 ? new Fate.Lost() : new Fate.Passes());
        assertThatThrownBy(() -> export(server.storage(place, network)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("manifest.json");
        ObjectStorage storage = server.storage(place);
        assertThat(names(storage)).hasSize(3).noneMatch(name -> name.endsWith("manifest.json"));
        export(storage);
        assertThat(names(storage)).hasSize(4);
    }

    @Test
    void theLostAnswerToTheManifestIsMadeUpFor() throws Exception {
        var network = new FaultyNetwork((_, number) -> number == 4 ? new Fate.Unanswered() : new Fate.Passes());
        export(server.storage(place, network));
        assertThat(names(server.storage(place))).hasSize(4);
    }

    @Test
    void thePartsOfAProcessThatDiedAreGivenUp() throws Exception {
        ObjectStorage storage = server.storage(place);
        String location = export(storage).location().toString();
        String name = location.substring((place + "/").length());
        byte[] large = new byte[ObjectServer.PART_BYTES + 1];
        // Begun, one part, and it is dead.
        var network = new FaultyNetwork((_, number) -> number == 1 ? new Fate.DiesAfter() : new Fate.Passes());
        assertThatThrownBy(() -> {
                    try (ObjectUpload upload = server.storage(place, network).upload(name + "model.pt")) {
                        upload.write(ByteBuffer.wrap(large));
                    }
                })
                .isInstanceOf(FaultyNetwork.Died.class);
        export(storage);
        var after = new FaultyNetwork((_, _) -> new Fate.Passes());
        server.storage(place, after).abortUploads("");
        assertThat(after.requests())
                .as("a look, and nothing is left to be given up")
                .hasSize(1);
    }

    @Test
    void whatFailsTheProofIsNotSent() throws Exception {
        ObjectStorage storage = server.storage(place);
        long dead = world.layout("conv1.weight").weightIndex(4 * 9 + 3);
        var disproven = (ExportOutcome.Disproven) new BucketExporter(storage, scratch.resolve("export"))
                .export(world.archive, world.request(world.valuesWith("conv1.weight", dead, 1)), () -> {});
        assertThat(Files.isDirectory(disproven.directory())).isTrue();
        assertThat(names(storage)).isEmpty();
    }
}
