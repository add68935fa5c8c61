package dev.finecomb.checkpoint;

import dev.finecomb.checkpoint.Medium.Entry;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.storage.ObjectStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Decides which checkpoints are written, believed, kept and deleted, wherever they lie. */
public final class CheckpointKeeper implements CheckpointStore {
    private final Medium medium;

    /** Checkpoints in the store that are committed for certain. */
    private final NavigableSet<CheckpointId> known = new TreeSet<>();

    CheckpointKeeper(Medium medium) {
        this.medium = medium;
    }

    /** Keeps them in a directory, which is created, durably, if it is missing. */
    public static CheckpointKeeper inDirectory(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        DirectoryMedium.createDurably(absolute, FileOperations.SYSTEM);
        return new CheckpointKeeper(new DirectoryMedium(
                absolute, FileOperations.SYSTEM, () -> UUID.randomUUID().toString()));
    }

    /**
     * Keeps them in an object store.
     *
     * @param scratch a directory of this machine for what is loaded, which is created if it is missing; what an ended
     *     process left there is deleted
     */
    public static CheckpointKeeper inBucket(ObjectStorage storage, Path scratch) throws IOException {
        return new CheckpointKeeper(BucketMedium.open(storage, scratch));
    }

    @Override
    public StoredCheckpoint write(CheckpointId id, List<CheckpointPart> parts, ManifestMaker manifest)
            throws IOException {
        List<CheckpointPart> all = new ArrayList<>(parts);
        all.add(Lineage.part(predecessors(id)));
        requireDistinct(all);
        return medium.write(id, all, files -> describe(id, files, manifest));
    }

    private static void requireDistinct(List<CheckpointPart> parts) {
        Set<String> names = new HashSet<>();
        for (CheckpointPart part : parts) {
            if (!names.add(part.name())) {
                throw new IllegalArgumentException("two parts of a checkpoint are named \"" + part.name() + "\"");
            }
        }
    }

    private static CheckpointManifest describe(CheckpointId id, List<FileEntry> files, ManifestMaker maker) {
        CheckpointManifest manifest = maker.describe(files);
        CheckpointId described = CheckpointId.of(manifest);
        if (!described.equals(id)) {
            throw new IllegalArgumentException("the manifest describes " + described + ", not " + id);
        }
        return manifest;
    }

    private Set<CheckpointId> predecessors(CheckpointId id) {
        return known.headSet(id, false).stream()
                .filter(other -> other.incarnation().equals(id.incarnation()))
                .collect(Collectors.toSet());
    }

    @Override
    public StoredCheckpoint load(CheckpointPointer pointer) throws IOException, CorruptCheckpointException {
        StoredCheckpoint loaded = CheckpointVerifier.verify(medium, pointer);
        medium.bringBack(loaded.id());
        learnFrom(loaded);
        return loaded;
    }

    @Override
    public List<String> mend(CheckpointPointer pointer, CheckpointManifest manifest) throws IOException {
        byte[] bytes = manifest.encode();
        // Another version may have written fields that this one does not know: its bytes can't be made again.
        boolean same = Sha256.hex(bytes).equals(pointer.manifestSha256());
        return same ? medium.mend(CheckpointId.of(pointer), manifest, bytes) : List.of();
    }

    @Override
    public byte[] salvage(CheckpointId id, FileEntry file) throws IOException, CorruptCheckpointException {
        CheckpointVerifier.verifyFile(medium, id, file);
        return Files.readAllBytes(medium.local(id, file.name()));
    }

    @Override
    public Ancestry newestAncestor(CheckpointId damaged, Function<CheckpointManifest, Optional<String>> unfit)
            throws IOException {
        setAside(damaged);
        // What was fetched of it is of no use, and there may be room for one.
        medium.releaseFetched();
        List<String> passedOver = new ArrayList<>();
        for (CheckpointId id : olderThan(damaged).reversed()) {
            try {
                StoredCheckpoint whole = CheckpointVerifier.verifyUnnamed(medium, id);
                Optional<String> reason = unfit.apply(whole.manifest());
                if (reason.isEmpty()) {
                    learnFrom(whole);
                    return new Ancestry(Optional.of(whole), passedOver);
                }
                passedOver.add("checkpoint " + id + " " + reason.get());
            } catch (CorruptCheckpointException e) {
                setAside(id);
                passedOver.add(String.valueOf(e.getMessage()));
            } catch (IOException unreadable) {
                if (medium.failuresPass()) {
                    throw unreadable;
                }
                passedOver.add("checkpoint " + id + " cannot be read: " + unreadable);
            }
            medium.releaseFetched();
        }
        return new Ancestry(Optional.empty(), passedOver);
    }

    /** Of the same history, oldest first. */
    private List<CheckpointId> olderThan(CheckpointId id) throws IOException {
        return survey().checkpoints().stream()
                .filter(other -> isOlder(other, id))
                .toList();
    }

    private static boolean isOlder(CheckpointId one, CheckpointId other) {
        return one.incarnation().equals(other.incarnation()) && one.sequence() < other.sequence();
    }

    private void setAside(CheckpointId id) throws IOException {
        medium.setAside(id);
        known.remove(id);
    }

    @Override
    public void collect(CheckpointId committed, int keep) throws IOException {
        if (keep < 0) {
            throw new IllegalArgumentException("keep is " + keep + ", it must not be negative");
        }
        known.add(committed);
        medium.finishDeletions();
        List<Entry> older = medium.list().stream()
                .filter(entry ->
                        entry.usedId().filter(id -> isOlder(id, committed)).isPresent())
                .sorted(Comparator.comparing(Entry::name))
                .toList();
        Set<Entry> kept = older.reversed().stream()
                .filter(this::isPredecessor)
                .limit(keep)
                .collect(Collectors.toSet());
        for (Entry entry : older) {
            if (!kept.contains(entry)) {
                medium.discard(entry);
                entry.usedId().ifPresent(known::remove);
            }
        }
    }

    private void learnFrom(StoredCheckpoint committed) throws IOException {
        known.add(committed.id());
        known.addAll(Lineage.of(committed));
    }

    private boolean isPredecessor(Entry entry) {
        return entry.id().filter(known::contains).isPresent() && !entry.setAside();
    }

    @Override
    public Survey survey() throws IOException {
        return new Survey(medium.list());
    }

    @Override
    public void removeUnfinished(Survey seen) throws IOException {
        medium.releaseFetched();
        for (Entry entry : seen.entries()) {
            if (!entry.finished() && isUnchanged(entry)) {
                medium.empty(entry);
            }
        }
    }

    @Override
    public void removeAbandonedBeginnings(Survey seen) throws IOException {
        for (Entry entry : seen.entries()) {
            boolean first = entry.usedId()
                    .filter(id -> id.sequence() == CheckpointId.FIRST_SEQUENCE)
                    .isPresent();
            if ((first || !entry.finished()) && isUnchanged(entry)) {
                medium.discard(entry);
            }
        }
    }

    private boolean isUnchanged(Entry entry) throws IOException {
        return medium.look(entry.name()).equals(Optional.of(entry));
    }

    @Override
    public long nextSequence(CheckpointId committed) throws IOException {
        long highest = medium.list().stream()
                .flatMap(entry -> entry.usedId().stream())
                .filter(id -> id.incarnation().equals(committed.incarnation()))
                .mapToLong(CheckpointId::sequence)
                .max()
                .orElse(committed.sequence());
        return Math.max(highest, committed.sequence()) + 1;
    }

    @Override
    public void probeWritable() throws IOException {
        medium.probe();
    }
}
