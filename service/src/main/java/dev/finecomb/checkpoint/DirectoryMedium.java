package dev.finecomb.checkpoint;

import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Checkpoints as directories of one directory, each named {@code <incarnation>-<sequence>}. Names that begin with a dot
 * are unfinished business: {@code .writing-} is being written, {@code .deleting-} is being deleted.
 */
final class DirectoryMedium implements Medium {
    private static final String WRITING = ".writing-";
    private static final String DELETING = ".deleting-";
    private static final String PROBE = ".probe-";
    /** In a checkpoint's directory: it is not whole. Its name is no part's. */
    private static final String DAMAGED = ".damaged";

    private final Path directory;
    private final FileOperations operations;
    private final Supplier<String> tokens;
    private final CheckpointWriter writer;

    /** @param tokens names what is unfinished, each differently, also from another process's */
    DirectoryMedium(Path directory, FileOperations operations, Supplier<String> tokens) {
        this.directory = directory;
        this.operations = operations;
        this.tokens = tokens;
        this.writer = new CheckpointWriter(this, directory, operations);
    }

    static void createDurably(Path directory, FileOperations operations) throws IOException {
        Path parent = directory.getParent();
        if (Files.isDirectory(directory) || parent == null) {
            return;
        }
        createDurably(parent, operations);
        Files.createDirectories(directory);
        operations.forceDirectory(parent);
    }

    @Override
    public List<Entry> list() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path path : operations.list(directory)) {
            look(path.getFileName().toString()).ifPresent(entries::add);
        }
        return entries;
    }

    @Override
    public Optional<Entry> look(String name) throws IOException {
        boolean finished = CheckpointId.ofDirectoryName(name).isPresent();
        if (!finished && !isUnfinished(name)) {
            return Optional.empty();
        }
        Path path = directory.resolve(name);
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            // The directory's identity on its file system: a later one of the same name has another.
            String mark = attributes.fileKey() + " " + attributes.lastModifiedTime();
            return Optional.of(new Entry(name, finished, finished && Files.exists(path.resolve(DAMAGED)), false, mark));
        } catch (NoSuchFileException goneMeanwhile) {
            return Optional.empty();
        }
    }

    private static boolean isUnfinished(String name) {
        return name.startsWith(WRITING) || name.startsWith(DELETING) || name.startsWith(PROBE);
    }

    @Override
    public StoredCheckpoint write(CheckpointId id, List<CheckpointPart> parts, CheckpointStore.ManifestMaker maker)
            throws IOException {
        Path temporary = directory.resolve(WRITING + id.directoryName() + "-" + tokens.get());
        return writer.write(id, temporary, parts, maker);
    }

    @Override
    public void discard(Entry entry) throws IOException {
        Path doomed = directory.resolve(entry.name());
        if (entry.finished()) {
            doomed = directory.resolve(DELETING + entry.name() + "-" + tokens.get());
            operations.rename(directory.resolve(entry.name()), doomed);
            // Else a power failure could bring the name back without its content.
            operations.forceDirectory(directory);
        }
        Trees.delete(doomed, operations);
    }

    /** No two writers share an unfinished name. */
    @Override
    public void empty(Entry unfinished) throws IOException {
        discard(unfinished);
    }

    @Override
    public void finishDeletions() throws IOException {
        for (Entry entry : list()) {
            if (entry.name().startsWith(DELETING)) {
                discard(entry);
            }
        }
    }

    @Override
    public void setAside(CheckpointId id) throws IOException {
        Path checkpoint = path(id);
        if (Files.isDirectory(checkpoint, LinkOption.NOFOLLOW_LINKS) && !Files.exists(checkpoint.resolve(DAMAGED))) {
            operations.create(checkpoint.resolve(DAMAGED)).close();
            operations.forceDirectory(checkpoint);
        }
    }

    @Override
    public void bringBack(CheckpointId id) throws IOException {
        Path note = path(id).resolve(DAMAGED);
        if (Files.exists(note)) {
            operations.delete(note);
        }
    }

    @Override
    public List<String> mend(CheckpointId id, CheckpointManifest manifest, byte[] manifestBytes) throws IOException {
        if (!Files.isDirectory(path(id), LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        return new CheckpointMender(path(id), operations)
                .mend(SmallFiles.of(manifest, manifestBytes), tokens.get()).stream()
                        .map(Path::toString)
                        .toList();
    }

    private Path path(CheckpointId id) {
        return directory.resolve(id.directoryName());
    }

    @Override
    public String locate(CheckpointId id) {
        return path(id).toString();
    }

    @Override
    public String locate(CheckpointId id, String file) {
        return local(id, file).toString();
    }

    @Override
    public OptionalLong size(CheckpointId id, String file) throws IOException {
        Path path = local(id, file);
        try {
            return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    ? OptionalLong.of(Files.size(path))
                    : OptionalLong.empty();
        } catch (NoSuchFileException gone) {
            return OptionalLong.empty();
        }
    }

    @Override
    public String sha256(CheckpointId id, String file) throws IOException {
        return Sha256.hex(local(id, file));
    }

    @Override
    public Path fetch(CheckpointId id, String file) {
        return local(id, file);
    }

    @Override
    public Path local(CheckpointId id, String file) {
        return path(id).resolve(file);
    }

    /** A sector that can't be read stays so. */
    @Override
    public boolean failuresPass() {
        return false;
    }

    /** It is all near. */
    @Override
    public void releaseFetched() {}

    @Override
    public void probe() throws IOException {
        Path probe = directory.resolve(PROBE + tokens.get());
        try (var channel = new DigestingChannel(probe, operations)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            channel.force();
        } finally {
            operations.delete(probe);
        }
    }
}
