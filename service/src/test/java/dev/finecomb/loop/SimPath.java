package dev.finecomb.loop;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path of the simulated disk: absolute, or a single name. */
final class SimPath implements Path {
    private final SimFiles files;
    private final boolean absolute;
    private final List<String> names;

    SimPath(SimFiles files, boolean absolute, List<String> names) {
        this.files = files;
        this.absolute = absolute;
        this.names = names;
    }

    static SimPath parse(SimFiles files, String text) {
        List<String> names = List.of(text.split("/")).stream()
                .filter(name -> !name.isEmpty())
                .toList();
        return new SimPath(files, text.startsWith("/"), names);
    }

    List<String> names() {
        return names;
    }

    String lastName() {
        return names.getLast();
    }

    SimDisk disk() {
        return files.disk();
    }

    @Override
    public FileSystem getFileSystem() {
        return files;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable Path getRoot() {
        return absolute ? new SimPath(files, true, List.of()) : null;
    }

    @Override
    public @Nullable Path getFileName() {
        return names.isEmpty() ? null : new SimPath(files, false, List.of(names.getLast()));
    }

    @Override
    public @Nullable SimPath getParent() {
        return names.size() < (absolute ? 1 : 2)
                ? null
                : new SimPath(files, absolute, names.subList(0, names.size() - 1));
    }

    @Override
    public int getNameCount() {
        return names.size();
    }

    @Override
    public Path getName(int index) {
        return new SimPath(files, false, List.of(names.get(index)));
    }

    @Override
    public Path subpath(int beginIndex, int endIndex) {
        return new SimPath(files, false, names.subList(beginIndex, endIndex));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof SimPath path
                && path.absolute == absolute
                && path.names.size() <= names.size()
                && names.subList(0, path.names.size()).equals(path.names);
    }

    @Override
    public boolean endsWith(Path other) {
        return other instanceof SimPath path
                && path.names.size() <= names.size()
                && names.subList(names.size() - path.names.size(), names.size()).equals(path.names);
    }

    @Override
    public Path normalize() {
        return this;
    }

    @Override
    public Path resolve(Path other) {
        if (other.isAbsolute()) {
            return other;
        }
        return resolve(other.toString());
    }

    @Override
    public Path resolve(String other) {
        SimPath more = parse(files, other);
        List<String> all = new ArrayList<>(names);
        all.addAll(more.names);
        return new SimPath(files, absolute, List.copyOf(all));
    }

    @Override
    public Path relativize(Path other) {
        return subpathOf((SimPath) other);
    }

    private Path subpathOf(SimPath other) {
        return new SimPath(files, false, other.names.subList(names.size(), other.names.size()));
    }

    @Override
    public URI toUri() {
        return URI.create("sim:" + this);
    }

    @Override
    public Path toAbsolutePath() {
        return this;
    }

    @Override
    public Path toRealPath(LinkOption... options) {
        return this;
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException("nothing is watched");
    }

    @Override
    public int compareTo(Path other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SimPath path
                && files == path.files
                && absolute == path.absolute
                && names.equals(path.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return (absolute ? "/" : "") + String.join("/", names);
    }
}
