package dev.finecomb.model;

import dev.finecomb.model.ArchivedTensor.Kind;
import dev.finecomb.model.Pickled.Call;
import dev.finecomb.model.Pickled.Instance;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A TorchScript module file, read without executing anything of it.
 *
 * <p>The file is a zip: {@code <prefix>/data.pkl} describes the module's objects, {@code <prefix>/data/<key>} are the
 * raw storages, {@code <prefix>/code/} is the serialized source. This class maps the file, reads the structure with a
 * closed pickle interpreter, and lists parameters and buffers in state-dict order. The file may be renamed or deleted
 * afterwards, but not truncated or overwritten in place.
 */
public final class ModuleArchive {
    private static final long MAX_SOURCE_BYTES = 64 << 20;

    private final Path file;
    private final String prefix;
    private final Map<String, MemorySegment> entries;
    private final Instance root;
    private final ModuleTree.Listing listing;

    private ModuleArchive(Path file, String prefix, Map<String, MemorySegment> entries)
            throws UnreadableModelException {
        this.file = file;
        this.prefix = prefix;
        this.entries = entries;
        String pickle = prefix + "data.pkl";
        MemorySegment structure = entries.get(pickle);
        if (structure == null || structure.byteSize() > PickleReader.MAX_BYTES) {
            throw UnreadableModelException.damaged(file, pickle, "is missing or too large");
        }
        if (!(PickleReader.read(file + ", entry " + pickle, structure.asByteBuffer()) instanceof Instance module)) {
            throw UnreadableModelException.damaged(file, pickle, "holds something that is no module");
        }
        this.root = module;
        this.listing = ModuleTree.list(file + ", entry " + pickle, module, new Contents());
        if (parameters().isEmpty()) {
            throw new UnreadableModelException(
                    file.toString(),
                    "the module has no parameters to train",
                    "if it was frozen or optimized for inference, save it before torch.jit.freeze");
        }
    }

    /**
     * Opens an archive and checks all of its structure.
     *
     * @throws UnreadableModelException if it is missing, damaged, or no trainable TorchScript module
     */
    public static ModuleArchive open(Path file) throws UnreadableModelException {
        if (!Files.isRegularFile(file)) {
            throw new UnreadableModelException(file.toString(), "there is no such file", "check model.uri");
        }
        Map<String, MemorySegment> entries = ZipReader.read(file);
        List<String> pickles = entries.keySet().stream()
                .filter(name -> name.endsWith("/data.pkl") && name.indexOf('/') == name.length() - "/data.pkl".length())
                .toList();
        if (pickles.size() != 1) {
            throw new UnreadableModelException(
                    file.toString(),
                    "is a zip archive without a TorchScript module in it",
                    "save it with torch.jit.script(module).save(file)");
        }
        String prefix = pickles.getFirst().substring(0, pickles.getFirst().length() - "data.pkl".length());
        if (entries.keySet().stream().noneMatch(name -> name.startsWith(prefix + "code/"))) {
            throw new UnreadableModelException(
                    file.toString(),
                    "holds tensors but no code: it was saved with torch.save",
                    "save it with torch.jit.script(module).save(file)");
        }
        MemorySegment order = entries.get(prefix + "byteorder");
        if (order != null && !text(order).strip().equals("little")) {
            throw UnreadableModelException.damaged(file, prefix + "byteorder", "tensors are not little-endian");
        }
        return new ModuleArchive(file, prefix, entries);
    }

    /** All parameters and buffers in state-dict order. */
    public List<ArchivedTensor> tensors() {
        return listing.tensors();
    }

    /** The parameters, in state-dict order. */
    public List<ArchivedTensor> parameters() {
        return tensors().stream().filter(t -> t.kind() == Kind.PARAMETER).toList();
    }

    /** The buffers, in state-dict order. */
    public List<ArchivedTensor> buffers() {
        return tensors().stream().filter(t -> t.kind() == Kind.BUFFER).toList();
    }

    /** The tensor of this state-dict name. */
    public Optional<ArchivedTensor> find(String name) {
        return tensors().stream().filter(t -> t.name().equals(name)).findFirst();
    }

    /** The names of the tensors that the module's forward takes, in their order; empty if its source does not say. */
    public List<String> inputs() {
        MemorySegment source = entries.get(sourceEntry(root.type().module()));
        return source == null
                ? List.of()
                : ModuleSource.inputs(text(source), root.type().name());
    }

    /** The names of the other tensors that share a storage with this one, such as tied weights. */
    public List<String> aliases(ArchivedTensor tensor) {
        return tensors().stream()
                .filter(other ->
                        other.placement().storage().equals(tensor.placement().storage()))
                .map(ArchivedTensor::name)
                .filter(name -> !name.equals(tensor.name()))
                .toList();
    }

    /**
     * Writes the same module with other tensor values, everything else of equal content. The same values give the same
     * bytes; the file is forced to disk.
     *
     * @param values by state-dict name, row-major little-endian bytes of the tensor's own size; a tensor that is not
     *     named keeps its value
     * @throws IllegalArgumentException for an unknown name, a wrong size, or different values for tied tensors
     */
    public void write(Path out, Map<String, ByteBuffer> values) throws IOException {
        Map<String, MemorySegment> changed = new HashMap<>();
        StorageUpdate update = new StorageUpdate(tensors());
        update.apply(values).forEach((key, storage) -> changed.put(prefix + "data/" + key, storage));
        writeEntries(out, changed);
    }

    /**
     * Writes a copy whose root class has one more method, {@code finecomb_buffers}, that returns the live buffers in the
     * order of {@link #buffers()}; {@link ModuleBuffers} calls it. A module without buffers is copied as it is.
     */
    public void writeWithAccessor(Path out) throws IOException {
        List<ArchivedTensor> buffers = buffers();
        if (buffers.isEmpty()) {
            writeEntries(out, Map.of());
            return;
        }
        String entry = sourceEntry(root.type().module());
        MemorySegment source = entries.get(entry);
        if (source == null) {
            throw new IOException("model " + file + " has no source for its root class " + root.type());
        }
        String extended = BufferAccessor.extend(text(source), root.type(), buffers, listing.declaredTypes());
        Map<String, MemorySegment> changed = new HashMap<>();
        changed.put(entry, MemorySegment.ofArray(extended.getBytes(StandardCharsets.UTF_8)));
        changed.put(entry + ".debug_pkl", MemorySegment.NULL); // its positions no longer fit the text
        writeEntries(out, changed);
    }

    private void writeEntries(Path out, Map<String, MemorySegment> changed) throws IOException {
        try (ZipWriter zip = new ZipWriter(out)) {
            for (Map.Entry<String, MemorySegment> entry : new LinkedHashMap<>(entries).entrySet()) {
                MemorySegment content = changed.getOrDefault(entry.getKey(), entry.getValue());
                if (!content.equals(MemorySegment.NULL)) {
                    zip.add(entry.getKey(), content);
                }
            }
            zip.finish();
        }
    }

    private String sourceEntry(String path) {
        return prefix + "code/" + path.replace('.', '/') + ".py";
    }

    private static String text(MemorySegment content) {
        return new String(content.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** The archive as the tree's walk needs it. */
    private final class Contents implements ModuleTree.Contents {
        private final Map<String, MemorySegment> storages = new HashMap<>();

        Contents() {
            String data = prefix + "data/";
            entries.forEach((name, content) -> {
                if (name.startsWith(data)) {
                    storages.put(name.substring(data.length()), content);
                }
            });
        }

        @Override
        public Optional<String> source(String path) throws UnreadableModelException {
            MemorySegment content = entries.get(sourceEntry(path));
            if (content == null) {
                return Optional.empty();
            }
            if (content.byteSize() > MAX_SOURCE_BYTES) {
                throw UnreadableModelException.damaged(file, sourceEntry(path), "is too large for a source");
            }
            return Optional.of(text(content));
        }

        @Override
        public TensorRebuild tensor(String name, Call call) throws UnreadableModelException {
            return TensorRebuild.of(file + ", tensor " + name, call, storages);
        }
    }
}
