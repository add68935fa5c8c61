package dev.finecomb.checkpoint;

import dev.finecomb.KillPoint;
import dev.finecomb.KillSwitch;
import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import dev.finecomb.storage.WatchedNetwork;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The real store, on the real disk or in a real bucket, at whose operations a {@link KillSwitch} may end the process. */
public final class KillableStore {
    private KillableStore() {}

    /** In a directory. */
    public static CheckpointStore open(Path directory, KillSwitch kill) throws IOException {
        CheckpointKeeper.inDirectory(directory);
        var disk = new Disk(kill);
        Path absolute = directory.toAbsolutePath().normalize();
        var store = new CheckpointKeeper(
                new DirectoryMedium(absolute, disk, () -> UUID.randomUUID().toString()));
        return told(store, collecting -> disk.collecting = collecting);
    }

    /** In a bucket: a request is to it what an operation is to a disk, and the manifest gives the name. */
    public static CheckpointStore open(ObjectStorageConfig config, Place.Bucket place, KillSwitch kill)
            throws IOException {
        var requests = new Requests(kill);
        var storage = new WatchedNetwork(requests).storage(config, place);
        Path scratch = config.scratch().orElseThrow();
        return told(CheckpointKeeper.inBucket(storage, scratch), collecting -> {
            requests.collecting = collecting;
            requests.deletions = 0;
        });
    }

    /** The store, and somebody who is told whether it is collecting. */
    private static CheckpointStore told(CheckpointStore store, Consumer<Boolean> collecting) {
        return (CheckpointStore) Proxy.newProxyInstance(
                KillableStore.class.getClassLoader(),
                new Class<?>[] {CheckpointStore.class},
                (_, method, arguments) -> {
                    collecting.accept(method.getName().equals("collect"));
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Used by one thread at a time, as the store is. */
    private static final class Requests implements WatchedNetwork.Watch {
        private final KillSwitch kill;
        private volatile boolean collecting;
        private int deletions;

        Requests(KillSwitch kill) {
            this.kill = kill;
        }

        @Override
        public void before(String method, String name) {
            switch (method + " " + name) {
                // The state is there, and no more of it.
                case "PUT job.json" -> kill.at(KillPoint.HALF_A_FILE);
                case "PUT manifest.json" -> kill.at(KillPoint.BEFORE_RENAME);
                default -> {
                    if (collecting && method.equals("DELETE")) {
                        deletions++;
                        kill.at(deletions == 1 ? KillPoint.BEFORE_GC : KillPoint.IN_GC);
                    }
                }
            }
        }

        @Override
        public void after(String method, String name) {
            if ((method + " " + name).equals("PUT manifest.json")) {
                kill.at(KillPoint.BEFORE_DIRECTORY_SYNC);
            }
        }
    }

    /** Used by one thread at a time, as the store is. */
    private static final class Disk implements FileOperations {
        private final KillSwitch kill;
        private volatile boolean collecting;
        private boolean justNamed;
        private Optional<Path> emptying = Optional.empty();

        Disk(KillSwitch kill) {
            this.kill = kill;
        }

        private static boolean isNamed(Path path, String prefix) {
            return path.getFileName().toString().startsWith(prefix);
        }

        private static boolean liesIn(Path path, String prefix) {
            Path parent = path.getParent();
            return parent != null && isNamed(parent, prefix);
        }

        @Override
        public void write(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
            if (liesIn(file, ".writing-") && kill.isDue(KillPoint.HALF_A_FILE)) {
                channel.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
                kill.die(KillPoint.HALF_A_FILE);
            }
            FileOperations.super.write(file, channel, bytes);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            justNamed = isNamed(from, ".writing-");
            if (justNamed) {
                kill.at(KillPoint.BEFORE_RENAME);
            }
            if (collecting && isNamed(to, ".deleting-")) {
                kill.at(KillPoint.BEFORE_GC);
            }
            FileOperations.super.rename(from, to);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            if (justNamed) {
                kill.at(KillPoint.BEFORE_DIRECTORY_SYNC);
            }
            justNamed = false;
            FileOperations.super.forceDirectory(directory);
        }

        @Override
        public void delete(Path path) throws IOException {
            Optional<Path> parent = Optional.ofNullable(path.getParent());
            if (collecting && liesIn(path, ".deleting-") && parent.equals(emptying)) {
                kill.at(KillPoint.IN_GC);
            }
            emptying = parent;
            FileOperations.super.delete(path);
        }
    }
}
