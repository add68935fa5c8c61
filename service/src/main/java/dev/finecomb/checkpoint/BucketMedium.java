package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.storage.ObjectStorage;
import dev.finecomb.storage.ObjectUpload;
import dev.finecomb.storage.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checkpoints as objects {@code <incarnation>-<sequence>/<file>} below one prefix.
 *
 * <p>An object store can't rename, so the manifest makes the checkpoint: it is put last, and only if there is none. Before
 * the first part, the name is claimed the same way, by a small object with a text of the attempt's own. So all objects of a
 * name come from one attempt to write it: what a stale owner is still sending can never land among a successor's parts. A
 * claim outlives the attempt, until a commit of a higher sequence makes the name superfluous; a failed attempt is repeated
 * under the next name.
 *
 * <p>But for the claims, the objects are what a {@link DirectoryMedium} holds as files: any tool that copies the one into
 * the other moves a store.
 */
final class BucketMedium implements Medium {
    private static final String CLAIM = ".claim";
    private static final String DAMAGED = ".damaged";
    private static final String FETCHED = "fetched-";

    private final ObjectStorage storage;
    private final Path fetched;
    private final Supplier<String> tokens;
    /** Claims of a history's first checkpoint of which no manifest is known to be there. */
    private final Map<CheckpointId, String> beginnings = new HashMap<>();

    /**
     * A medium whose names a test may decide.
     *
     * @param fetched takes what is fetched, and nothing else
     */
    BucketMedium(ObjectStorage storage, Path fetched, Supplier<String> tokens) {
        this.storage = storage;
        this.fetched = fetched;
        this.tokens = tokens;
    }

    static BucketMedium open(ObjectStorage storage, Path scratch) throws IOException {
        Files.createDirectories(scratch);
        try (Stream<Path> leftBehind = Files.list(scratch)) {
            for (Path path : leftBehind.toList()) {
                if (path.getFileName().toString().startsWith(FETCHED)) {
                    Trees.delete(path, FileOperations.SYSTEM);
                }
            }
        }
        String own = UUID.randomUUID().toString();
        return new BucketMedium(
                storage, scratch.resolve(FETCHED + own), () -> UUID.randomUUID().toString());
    }

    @Override
    public List<Entry> list() throws IOException {
        Map<String, List<StoredObject>> byName = storage.list("").stream()
                .collect(Collectors.groupingBy(object -> firstWord(object.name()), TreeMap::new, Collectors.toList()));
        List<Entry> entries = new ArrayList<>();
        byName.forEach((name, objects) -> entry(name, objects).ifPresent(entries::add));
        return entries;
    }

    @Override
    public Optional<Entry> look(String name) throws IOException {
        List<StoredObject> objects = storage.list(name).stream()
                .filter(object -> firstWord(object.name()).equals(name))
                .toList();
        return entry(name, objects);
    }

    private static String firstWord(String name) {
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    private static Optional<Entry> entry(String name, List<StoredObject> objects) {
        boolean checkpoint = CheckpointId.ofDirectoryName(name).isPresent();
        if (objects.isEmpty() || (!checkpoint && !name.startsWith(ObjectStorage.PROBE))) {
            return Optional.empty();
        }
        String mark = objects.stream()
                .map(object -> object.name() + " " + object.tag() + " " + object.modified())
                .collect(Collectors.joining("\n"));
        return Optional.of(new Entry(
                name,
                holds(objects, name, CheckpointStore.MANIFEST),
                holds(objects, name, DAMAGED),
                objects.size() == 1 && holds(objects, name, CLAIM),
                mark));
    }

    private static boolean holds(List<StoredObject> objects, String name, String file) {
        return objects.stream().anyMatch(object -> object.name().equals(name + "/" + file));
    }

    @Override
    public StoredCheckpoint write(CheckpointId id, List<CheckpointPart> parts, CheckpointStore.ManifestMaker maker)
            throws IOException {
        claim(id);
        try {
            CheckpointManifest manifest = maker.describe(put(id, parts));
            byte[] manifestBytes = manifest.encode();
            if (!storage.putIfAbsent(object(id, CheckpointStore.MANIFEST), manifestBytes)) {
                throw new IOException(locate(id, CheckpointStore.MANIFEST) + " is there already, and is another");
            }
            beginnings.remove(id);
            return new StoredCheckpoint(id, this, manifest, manifestBytes);
        } catch (IOException | RuntimeException failure) {
            abandon(id, failure);
            throw failure;
        }
    }

    /**
     * A history's first checkpoint keeps its name through all attempts, for by that a start tells that nothing was learned
     * yet. Only the process that begins the history writes it, and always the same.
     */
    private void claim(CheckpointId id) throws IOException {
        boolean first = id.sequence() == CheckpointId.FIRST_SEQUENCE;
        boolean again = first && beginnings.containsKey(id);
        String token = first ? beginnings.computeIfAbsent(id, _ -> tokens.get()) : tokens.get();
        if (!storage.putIfAbsent(object(id, CLAIM), token.getBytes(StandardCharsets.UTF_8))) {
            beginnings.remove(id);
            throw new FileAlreadyExistsException(
                    locate(id), null, "the name was used before, and no name is used again");
        }
        if (again) {
            storage.delete(object(id, CheckpointStore.MANIFEST));
        }
    }

    private List<FileEntry> put(CheckpointId id, List<CheckpointPart> parts) throws IOException {
        var files = new WrittenFiles();
        for (CheckpointPart part : parts) {
            try (ObjectUpload upload = storage.upload(object(id, part.name()))) {
                part.content().writeTo(upload);
                upload.finish();
                files.add(part, upload.bytes(), upload.sha256Hex());
            }
        }
        return files.entries();
    }

    private void abandon(CheckpointId id, Exception failure) {
        try {
            deleteContent(id.directoryName());
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** The manifest first: without it, there is no checkpoint. */
    private void deleteContent(String name) throws IOException {
        storage.delete(name + "/" + CheckpointStore.MANIFEST);
        for (StoredObject object : storage.list(name + "/")) {
            if (!object.name().equals(name + "/" + CLAIM)) {
                storage.delete(object.name());
            }
        }
    }

    @Override
    public void discard(Entry entry) throws IOException {
        empty(entry);
        storage.delete(entry.name() + "/" + CLAIM);
    }

    @Override
    public void empty(Entry entry) throws IOException {
        if (entry.usedId().isEmpty()) {
            storage.delete(entry.name());
            return;
        }
        if (!entry.finished()) {
            // No listing shows an upload in parts, so beside a bare claim there may be one.
            storage.abortUploads(entry.name() + "/");
        }
        if (!entry.bare()) {
            deleteContent(entry.name());
        }
    }

    /** What was deleted by half is still seen under its name, and older than the next commit. */
    @Override
    public void finishDeletions() {}

    @Override
    public void setAside(CheckpointId id) throws IOException {
        Optional<Entry> there = look(id.directoryName());
        if (there.isPresent() && !there.get().setAside()) {
            storage.put(object(id, DAMAGED), new byte[0]);
        }
    }

    @Override
    public void bringBack(CheckpointId id) throws IOException {
        storage.delete(object(id, DAMAGED));
    }

    @Override
    public List<String> mend(CheckpointId id, CheckpointManifest manifest, byte[] manifestBytes) throws IOException {
        if (look(id.directoryName()).isEmpty()) {
            return List.of();
        }
        List<String> mended = new ArrayList<>();
        for (Map.Entry<String, byte[]> small :
                SmallFiles.of(manifest, manifestBytes).entrySet()) {
            String name = object(id, small.getKey());
            boolean intact = storage.size(name).orElse(-1) == small.getValue().length
                    && storage.read(name)
                            .filter(found -> Arrays.equals(found, small.getValue()))
                            .isPresent();
            if (!intact) {
                storage.put(name, small.getValue());
                mended.add(locate(id, small.getKey()));
            }
        }
        return mended;
    }

    private static String object(CheckpointId id, String file) {
        return id.directoryName() + "/" + file;
    }

    @Override
    public String locate(CheckpointId id) {
        return storage.locate(id.directoryName());
    }

    @Override
    public String locate(CheckpointId id, String file) {
        return storage.locate(object(id, file));
    }

    @Override
    public OptionalLong size(CheckpointId id, String file) throws IOException {
        return storage.size(object(id, file));
    }

    @Override
    public String sha256(CheckpointId id, String file) throws IOException {
        return storage.sha256(object(id, file));
    }

    @Override
    public Path fetch(CheckpointId id, String file) throws IOException {
        Path copy = copy(id, file);
        Files.createDirectories(fetched.resolve(id.directoryName()));
        storage.download(object(id, file), copy);
        return copy;
    }

    /** Fetched again, it would be another file than the one that was verified. */
    @Override
    public Path local(CheckpointId id, String file) throws IOException {
        Path copy = copy(id, file);
        if (!Files.exists(copy)) {
            throw new NoSuchFileException(
                    copy.toString(),
                    null,
                    "the copy of " + locate(id, file)
                            + " is gone; give each job a finecomb.object-storage.scratch of its own");
        }
        return copy;
    }

    /** The store may be away, or too busy. */
    @Override
    public boolean failuresPass() {
        return true;
    }

    private Path copy(CheckpointId id, String file) {
        return fetched.resolve(id.directoryName()).resolve(file);
    }

    @Override
    public void releaseFetched() throws IOException {
        Trees.delete(fetched, FileOperations.SYSTEM);
    }

    @Override
    public void probe() throws IOException {
        storage.tryOut();
    }
}
