package dev.finecomb.checkpoint;

import dev.finecomb.config.Place;
import dev.finecomb.storage.FaultyNetwork;
import dev.finecomb.storage.ObjectServer;
import dev.finecomb.storage.ObjectStorage;
import dev.finecomb.storage.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A prefix of a bucket of a real server. */
final class BucketWorld implements StoreWorld {
    private static @Nullable ObjectServer server;

    private final Path scratch;
    private final Place.Bucket place = ObjectServer.place();
    private @Nullable ObjectStorage storage;

    BucketWorld(Path scratch) {
        this.scratch = scratch;
    }

    /** One for all tests of this process; it ends with that. */
    private static synchronized ObjectServer server() throws IOException {
        ObjectServer running = server;
        if (running == null) {
            try {
                running = ObjectServer.start();
            } catch (Exception e) {
                throw new IOException(e);
            }
            server = running;
        }
        return running;
    }

    ObjectStorage storage() throws IOException {
        ObjectStorage open = storage;
        if (open == null) {
            open = server().storage(place);
            storage = open;
        }
        return open;
    }

    @Override
    public CheckpointStore open() throws IOException {
        return CheckpointKeeper.inBucket(storage(), scratch);
    }

    /** What lies there, through a network of the test's own. */
    ObjectStorage storage(FaultyNetwork network) throws IOException {
        return server().storage(place, network);
    }

    /** A store that a process opens whose network is not as it should be. */
    CheckpointStore open(FaultyNetwork network) throws IOException {
        return new CheckpointKeeper(new BucketMedium(
                server().storage(place, network),
                scratch.resolve("fetched-" + UUID.randomUUID()),
                () -> UUID.randomUUID().toString()));
    }

    @Override
    public List<String> names() throws IOException {
        return storage().list("").stream()
                .map(StoredObject::name)
                .filter(name -> name.endsWith("/manifest.json") || !name.contains("/"))
                .map(name -> name.replace("/manifest.json", ""))
                .sorted()
                .toList();
    }

    private static String object(CheckpointId id, String file) {
        return id.directoryName() + "/" + file;
    }

    @Override
    public CheckpointInspector inspector() throws IOException {
        return CheckpointInspector.ofBucket(storage(), scratch);
    }

    @Override
    public List<String> files(CheckpointId id) throws IOException {
        return objects(id).stream().filter(name -> !name.startsWith(".")).toList();
    }

    private List<String> objects(CheckpointId id) throws IOException {
        return storage().list(object(id, "")).stream()
                .map(object -> object.name().substring(object(id, "").length()))
                .toList();
    }

    @Override
    public byte[] read(CheckpointId id, String file) throws IOException {
        return storage().read(object(id, file)).orElseThrow();
    }

    @Override
    public void write(CheckpointId id, String file, byte[] bytes) throws IOException {
        storage().put(object(id, file), bytes);
    }

    @Override
    public void delete(CheckpointId id, String file) throws IOException {
        storage().delete(object(id, file));
    }

    @Override
    public void remove(CheckpointId id) throws IOException {
        for (String name : objects(id)) {
            delete(id, name);
        }
    }

    @Override
    public void rename(CheckpointId from, CheckpointId to) throws IOException {
        for (String name : objects(from)) {
            write(to, name, read(from, name));
        }
        remove(from);
    }

    @Override
    public void leaveUnfinished(CheckpointId id) throws IOException {
        write(id, ".claim", "another's".getBytes(StandardCharsets.UTF_8));
        write(id, "state.safetensors", "half".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void leaveForeign(String name) throws IOException {
        storage().put(name, "not ours".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean isBareClaim(String name) {
        try {
            return storage().list(name + "/").stream()
                    .allMatch(object -> object.name().endsWith("/.claim"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CheckpointStore openGone() throws IOException {
        return CheckpointKeeper.inBucket(server().storage(new Place.Bucket("gone", "")), scratch);
    }
}
