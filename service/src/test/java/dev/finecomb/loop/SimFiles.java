package dev.finecomb.loop;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The simulated disk as a file system, so that the real checkpoint store works on it. */
final class SimFiles extends FileSystem {
    private final SimDisk disk;
    private final FileSystemProvider provider = new Provider();

    SimFiles(SimDisk disk) {
        this.disk = disk;
    }

    SimDisk disk() {
        return disk;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public Path getPath(String first, String... more) {
        return SimPath.parse(this, String.join("/", first, String.join("/", more)));
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic");
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw unused();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw unused();
    }

    @Override
    public WatchService newWatchService() {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("no part of the service does this");
    }

    private record Attributes(SimDisk.Node node) implements BasicFileAttributes {
        @Override
        public FileTime lastModifiedTime() {
            return FileTime.fromMillis(node.time());
        }

        @Override
        public FileTime lastAccessTime() {
            return FileTime.fromMillis(node.time());
        }

        @Override
        public FileTime creationTime() {
            return FileTime.fromMillis(node.time());
        }

        @Override
        public boolean isRegularFile() {
            return node instanceof SimDisk.File;
        }

        @Override
        public boolean isDirectory() {
            return node instanceof SimDisk.Directory;
        }

        @Override
        public boolean isSymbolicLink() {
            return false;
        }

        @Override
        public boolean isOther() {
            return false;
        }

        @Override
        public long size() {
            return node instanceof SimDisk.File file ? file.length() : 0;
        }

        @Override
        public Object fileKey() {
            return node.inode;
        }
    }

    /** What {@link java.nio.file.Files} asks. */
    private final class Provider extends FileSystemProvider {
        private static SimPath of(Path path) {
            return (SimPath) path;
        }

        @Override
        public String getScheme() {
            return "sim";
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
            return newFileChannel(path, options, attrs);
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs)
                throws IOException {
            SimPath file = of(path);
            SimDisk.Node node =
                    options.contains(StandardOpenOption.CREATE_NEW) ? disk.createFile(file) : disk.get(file);
            return new SimChannel(file, node);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path dir, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            List<Path> entries = disk.names(of(dir)).stream().map(dir::resolve).toList();
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    return entries.iterator();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void createDirectory(Path dir, FileAttribute<?>... attrs) throws IOException {
            disk.createDirectory(of(dir));
        }

        @Override
        public void delete(Path path) throws IOException {
            disk.delete(of(path));
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            disk.rename(of(source), of(target));
        }

        @Override
        public boolean exists(Path path, LinkOption... options) {
            return disk.find(of(path)).isPresent();
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            SimDisk.Node _ = disk.get(of(path));
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            A found = readAttributesIfExists(path, type, options);
            if (found == null) {
                throw new NoSuchFileException(path.toString());
            }
            return found;
        }

        @Override
        public <A extends BasicFileAttributes> @Nullable A readAttributesIfExists(
                Path path, Class<A> type, LinkOption... options) {
            Optional<SimDisk.Node> node = disk.find(of(path));
            return node.isEmpty() ? null : type.cast(new Attributes(node.get()));
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
            throw unused();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            throw unused();
        }

        @Override
        public Path getPath(URI uri) {
            throw unused();
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) {
            throw unused();
        }

        @Override
        public boolean isSameFile(Path path, Path path2) {
            return path.equals(path2);
        }

        @Override
        public boolean isHidden(Path path) {
            return false;
        }

        @Override
        public FileStore getFileStore(Path path) {
            throw unused();
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
            throw unused();
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
            throw unused();
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
            throw unused();
        }
    }
}
