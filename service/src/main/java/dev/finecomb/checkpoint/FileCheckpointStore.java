package dev.finecomb.checkpoint;

import dev.finecomb.checkpoint.Survey.Entry;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Checkpoints as directories of one directory, each named {@code <incarnation>-<sequence>}. Names that begin with a dot
 * are unfinished business: {@code .writing-} is being written, {@code .deleting-} is being deleted.
 */
public final class FileCheckpointStore implements CheckpointStore {
    private static final String WRITING = ".writing-";
    private static final String DELETING = ".deleting-";
    private static final String PROBE = ".probe-";
    /** In a checkpoint's directory: it is not whole. */
    static final String DAMAGED = ".damaged";

    private final Path directory;
    private final FileOperations operations;
    private final Supplier<String> tokens;
    private final CheckpointWriter writer;

    /** Checkpoints in the store that are committed for certain. */
    private final NavigableSet<CheckpointId> known = new TreeSet<>();

    FileCheckpointStore(Path directory, FileOperations operations, Supplier<String> tokens) {
        this.directory = directory;
        this.operations = operations;
        this.tokens = tokens;
        this.writer = new CheckpointWriter(directory, operations);
    }

    /** Opens the store in a directory, which is created, durably, if it is missing. */
    public static FileCheckpointStore open(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        createDurably(absolute, FileOperations.SYSTEM);
        return new FileCheckpointStore(
                absolute, FileOperations.SYSTEM, () -> UUID.randomUUID().toString());
    }

    private static void createDurably(Path directory, FileOperations operations) throws IOException {
        Path parent = directory.getParent();
        if (Files.isDirectory(directory) || parent == null) {
            return;
        }
        createDurably(parent, operations);
        Files.createDirectories(directory);
        operations.forceDirectory(parent);
    }

    @Override
    public StoredCheckpoint write(CheckpointId id, List<CheckpointPart> parts, ManifestMaker manifest)
            throws IOException {
        Path temporary = directory.resolve(WRITING + id.directoryName() + "-" + tokens.get());
        List<CheckpointPart> all = new ArrayList<>(parts);
        all.add(Lineage.part(predecessors(id)));
        return writer.write(id, temporary, all, manifest);
    }

    private Set<CheckpointId> predecessors(CheckpointId id) {
        return known.headSet(id, false).stream()
                .filter(other -> other.incarnation().equals(id.incarnation()))
                .collect(Collectors.toSet());
    }

    @Override
    public StoredCheckpoint load(CheckpointPointer pointer) throws IOException, CorruptCheckpointException {
        StoredCheckpoint loaded = CheckpointVerifier.verify(directory, pointer);
        if (isDamaged(loaded.id())) {
            operations.delete(loaded.directory().resolve(DAMAGED));
        }
        learnFrom(loaded);
        return loaded;
    }

    @Override
    public List<Path> mend(CheckpointPointer pointer, CheckpointManifest manifest) throws IOException {
        Path checkpoint = directory.resolve(CheckpointId.of(pointer).directoryName());
        byte[] bytes = manifest.encode();
        // Another version may have written fields that this one does not know: its bytes can't be made again.
        boolean same = Sha256.hex(bytes).equals(pointer.manifestSha256());
        return same && Files.isDirectory(checkpoint, LinkOption.NOFOLLOW_LINKS)
                ? new CheckpointMender(checkpoint, operations).mend(manifest, bytes, tokens.get())
                : List.of();
    }

    @Override
    public Ancestry newestAncestor(CheckpointId damaged, Function<CheckpointManifest, Optional<String>> unfit)
            throws IOException {
        markDamaged(damaged);
        List<String> passedOver = new ArrayList<>();
        for (CheckpointId id : olderThan(damaged).reversed()) {
            try {
                StoredCheckpoint whole = CheckpointVerifier.verifyUnnamed(directory, id);
                Optional<String> reason = unfit.apply(whole.manifest());
                if (reason.isEmpty()) {
                    learnFrom(whole);
                    return new Ancestry(Optional.of(whole), passedOver);
                }
                passedOver.add("checkpoint " + id + " " + reason.get());
            } catch (CorruptCheckpointException e) {
                markDamaged(id);
                passedOver.add(String.valueOf(e.getMessage()));
            } catch (IOException unreadable) {
                passedOver.add("checkpoint " + id + " cannot be read: " + unreadable);
            }
        }
        return new Ancestry(Optional.empty(), passedOver);
    }

    /** Of the same history, oldest first. */
    private List<CheckpointId> olderThan(CheckpointId id) throws IOException {
        return survey().checkpoints().stream()
                .filter(other -> other.incarnation().equals(id.incarnation()) && other.sequence() < id.sequence())
                .toList();
    }

    /** Outlives the process, so that the next owner does not count it either; its name is no part's. */
    private void markDamaged(CheckpointId id) throws IOException {
        Path checkpoint = directory.resolve(id.directoryName());
        if (Files.isDirectory(checkpoint, LinkOption.NOFOLLOW_LINKS) && !isDamaged(id)) {
            operations.create(checkpoint.resolve(DAMAGED)).close();
            operations.forceDirectory(checkpoint);
        }
        known.remove(id);
    }

    private boolean isDamaged(CheckpointId id) {
        return Files.exists(directory.resolve(id.directoryName()).resolve(DAMAGED));
    }

    @Override
    public void collect(CheckpointId committed, int keep) throws IOException {
        if (keep < 0) {
            throw new IllegalArgumentException("keep is " + keep + ", it must not be negative");
        }
        known.add(committed);
        finishDeletions();
        List<CheckpointId> older = olderThan(committed);
        Set<CheckpointId> kept = older.stream()
                .filter(this::isPredecessor)
                .sorted(Comparator.reverseOrder())
                .limit(keep)
                .collect(Collectors.toSet());
        for (CheckpointId id : older) {
            if (!kept.contains(id)) {
                discard(directory.resolve(id.directoryName()));
                known.remove(id);
            }
        }
    }

    private void learnFrom(StoredCheckpoint committed) throws IOException {
        known.add(committed.id());
        known.addAll(Lineage.of(committed));
    }

    private boolean isPredecessor(CheckpointId id) {
        return known.contains(id) && !isDamaged(id);
    }

    @Override
    public Survey survey() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path path : operations.list(directory)) {
            look(path).ifPresent(entries::add);
        }
        return new Survey(entries);
    }

    @Override
    public void removeUnfinished(Survey seen) throws IOException {
        remove(seen, finished -> false);
    }

    @Override
    public void removeAbandonedBeginnings(Survey seen) throws IOException {
        remove(seen, id -> id.sequence() == CheckpointId.FIRST_SEQUENCE);
    }

    /** Deletes what is unfinished and the finished ones that are doomed, if they are still what the survey saw. */
    private void remove(Survey seen, Predicate<CheckpointId> doomed) throws IOException {
        for (Entry entry : seen.entries()) {
            boolean goes = entry.id()
                    .map(doomed::test)
                    .orElseGet(() -> isUnfinished(entry.path().getFileName().toString()));
            if (goes && look(entry.path()).equals(Optional.of(entry))) {
                discard(entry.path());
            }
        }
    }

    static boolean isUnfinished(String name) {
        return name.startsWith(WRITING) || name.startsWith(DELETING) || name.startsWith(PROBE);
    }

    /** What an earlier collection could rename but not delete. */
    private void finishDeletions() throws IOException {
        for (Entry entry : survey().entries()) {
            if (entry.path().getFileName().toString().startsWith(DELETING)) {
                Trees.delete(entry.path(), operations);
            }
        }
    }

    /** Takes the name away in one step before the content goes, so that a half-deleted checkpoint is never met. */
    private void discard(Path path) throws IOException {
        Path doomed = path;
        if (!isUnfinished(path.getFileName().toString())) {
            doomed = directory.resolve(DELETING + path.getFileName() + "-" + tokens.get());
            operations.rename(path, doomed);
            // Else a power failure could bring the name back without its content.
            operations.forceDirectory(directory);
        }
        Trees.delete(doomed, operations);
    }

    @Override
    public long nextSequence(CheckpointId committed) throws IOException {
        long highest = survey().checkpoints().stream()
                .filter(id -> id.incarnation().equals(committed.incarnation()))
                .mapToLong(CheckpointId::sequence)
                .max()
                .orElse(committed.sequence());
        return Math.max(highest, committed.sequence()) + 1;
    }

    @Override
    public void probeWritable() throws IOException {
        Path probe = directory.resolve(PROBE + tokens.get());
        try (var channel = new DigestingChannel(probe, operations)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            channel.force();
        } finally {
            operations.delete(probe);
        }
    }

    private static Optional<Entry> look(Path path) throws IOException {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new Entry(path, String.valueOf(attributes.fileKey()), attributes.lastModifiedTime()));
        } catch (NoSuchFileException goneMeanwhile) {
            return Optional.empty();
        }
    }
}
