package dev.finecomb.loop;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A disk that all processes of a job share. What was written outlives a process; what was forced outlives the machine: when
 * that dies, of each directory's unforced changes some first ones survive, and of each file's unforced bytes some first ones.
 */
final class SimDisk {
    /** A file or a directory; its identity is its own. */
    abstract static sealed class Node {
        private static final long NO_TIME = 0;
        final long inode;

        Node(long inode) {
            this.inode = inode;
        }

        long time() {
            return NO_TIME;
        }

        abstract void loseUnforced(RandomGenerator random);

        /** Whether all of it would be there after the machine died. */
        abstract boolean isDurable();
    }

    static final class File extends Node {
        private byte[] bytes = new byte[0];
        private byte[] forced = new byte[0];
        private int length;

        File(long inode) {
            super(inode);
        }

        void append(byte[] more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length, length + more.length));
            System.arraycopy(more, 0, bytes, length, more.length);
            length += more.length;
        }

        byte[] content() {
            return Arrays.copyOf(bytes, length);
        }

        int length() {
            return length;
        }

        void force() {
            forced = content();
        }

        @Override
        void loseUnforced(RandomGenerator random) {
            int kept = forced.length + random.nextInt(length - forced.length + 1);
            forced = Arrays.copyOf(bytes, kept);
            bytes = forced.clone();
            length = kept;
        }

        @Override
        boolean isDurable() {
            return forced.length == length;
        }
    }

    static final class Directory extends Node {
        private final Map<String, Node> entries = new LinkedHashMap<>();
        private Map<String, Node> forced = new LinkedHashMap<>();
        private final List<Consumer<Map<String, Node>>> unforced = new ArrayList<>();
        private long changes;

        Directory(long inode) {
            super(inode);
        }

        private void change(Consumer<Map<String, Node>> change) {
            changes++;
            change.accept(entries);
            unforced.add(change);
        }

        /** The bytes of a file in it; empty if it is not there. */
        Optional<byte[]> content(String name) {
            return entries.get(name) instanceof File file ? Optional.of(file.content()) : Optional.empty();
        }

        /** Grows whenever an entry comes or goes. */
        long changes() {
            return changes;
        }

        void force() {
            forced = new LinkedHashMap<>(entries);
            unforced.clear();
        }

        @Override
        void loseUnforced(RandomGenerator random) {
            changes += unforced.size();
            int kept = random.nextInt(unforced.size() + 1);
            Map<String, Node> left = new LinkedHashMap<>(forced);
            unforced.subList(0, kept).forEach(change -> change.accept(left));
            entries.clear();
            entries.putAll(left);
            force();
            entries.values().forEach(node -> node.loseUnforced(random));
        }

        @Override
        boolean isDurable() {
            return unforced.isEmpty() && entries.values().stream().allMatch(Node::isDurable);
        }
    }

    private final SimWorld world;
    private final SimFiles files;
    private final Directory root = new Directory(1);
    private final Directory store;
    private long inodes = 1;
    private long version;
    private long fullUntil;

    SimDisk(SimWorld world) {
        this.world = world;
        this.files = new SimFiles(this);
        // The store's place is there and durable before any process starts.
        store = new Directory(++inodes);
        root.change(entries -> entries.put("store", store));
        root.force();
    }

    Path store() {
        return files.getPath("/store");
    }

    /** Grows with every change. */
    long version() {
        return version;
    }

    /** The machine dies. */
    void loseUnforced() {
        version++;
        root.loseUnforced(world.random);
    }

    void beFullFor(long nanos) {
        fullUntil = world.now() + nanos;
        world.log(() -> "disk full for " + nanos / SimWorld.MILLI + "ms");
    }

    /** An interior point before something is done, which may fail instead. */
    private void before(String what, SimPath path, boolean takesRoom) throws IOException {
        world.point(what);
        if (world.current() == null) {
            return;
        }
        if (takesRoom && !world.isCalm() && world.now() < fullUntil) {
            throw new IOException("No space left on device");
        }
        if (world.strikes(world.plan.weather().diskError())) {
            world.log(() -> "Input/output error: " + what + " " + path);
            throw new IOException("Input/output error");
        }
    }

    Optional<Node> find(SimPath path) {
        Node node = root;
        for (String name : path.names()) {
            Node next = node instanceof Directory directory ? directory.entries.get(name) : null;
            if (next == null) {
                return Optional.empty();
            }
            node = next;
        }
        return Optional.of(node);
    }

    Node get(SimPath path) throws NoSuchFileException {
        return find(path).orElseThrow(() -> new NoSuchFileException(path.toString()));
    }

    private Directory parent(SimPath path) throws NoSuchFileException {
        SimPath parent = path.getParent();
        if (parent != null && get(parent) instanceof Directory directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    /** The names in a directory, oldest first. */
    List<String> names(SimPath path) throws IOException {
        before("list", path, false);
        return get(path) instanceof Directory directory ? List.copyOf(directory.entries.keySet()) : List.of();
    }

    void createDirectory(SimPath path) throws IOException {
        before("create directory", path, true);
        add(path, new Directory(++inodes));
    }

    File createFile(SimPath path) throws IOException {
        before("create file", path, true);
        File file = new File(++inodes);
        add(path, file);
        return file;
    }

    private void add(SimPath path, Node node) throws IOException {
        Directory parent = parent(path);
        String name = path.lastName();
        if (parent.entries.containsKey(name)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        version++;
        parent.change(entries -> entries.put(name, node));
    }

    void write(SimPath path, File file, byte[] bytes) throws IOException {
        before("write", path, true);
        file.append(bytes);
    }

    void force(SimPath path, Node node) throws IOException {
        before("force", path, false);
        if (world.plan.breaks(SimBreak.NOT_DURABLE)) {
            return;
        }
        version++;
        switch (node) {
            case File file -> file.force();
            case Directory directory -> directory.force();
        }
    }

    void delete(SimPath path) throws IOException {
        before("delete", path, false);
        if (get(path) instanceof Directory directory && !directory.entries.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        version++;
        parent(path).change(entries -> entries.remove(path.lastName()));
    }

    /** Renames within one directory, in one step. */
    void rename(SimPath from, SimPath to) throws IOException {
        before("rename", from, false);
        Node moved = get(from);
        Directory parent = parent(from);
        if (parent != parent(to)) {
            throw new IOException("the simulation renames within a directory only");
        }
        Node inTheWay = parent.entries.get(to.lastName());
        if (inTheWay instanceof File || (inTheWay instanceof Directory other && !other.entries.isEmpty())) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        version++;
        parent.change(entries -> {
            entries.remove(from.lastName());
            entries.put(to.lastName(), moved);
        });
    }

    /** An interior point before bytes are read. */
    byte[] read(SimPath path, File file) throws IOException {
        before("read", path, false);
        return file.content();
    }

    /** A directory of the store; empty if it is not there. */
    Optional<Directory> checkpoint(String name) {
        return store.entries.get(name) instanceof Directory found ? Optional.of(found) : Optional.empty();
    }

    /** Whether the directory would be found under that name, whole, after the machine died. */
    boolean isDurable(String name, Directory checkpoint) {
        return store.forced.get(name) == checkpoint && checkpoint.isDurable();
    }
}
