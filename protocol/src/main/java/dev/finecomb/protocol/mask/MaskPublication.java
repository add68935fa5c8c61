package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A mask snapshot as the records that publish it. They belong into one transaction, in their order: the chunks that
 * changed since the previous snapshot, then the manifest. A chunk that did not change keeps its old record and is named
 * again. Keys that the previous snapshot used and this one doesn't are {@link #retiredKeys() retired}: a record with a
 * null value lets compaction drop them.
 */
public final class MaskPublication {
    private final MaskManifest manifest;
    private final List<MaskRecord> records;
    private final List<String> retiredKeys;

    private MaskPublication(MaskManifest manifest, Collection<MaskRecord> chunks, List<String> retiredKeys) {
        this.manifest = manifest;
        this.retiredKeys = List.copyOf(retiredKeys);
        List<MaskRecord> all = new ArrayList<>(chunks);
        all.add(MaskRecord.manifest(manifest));
        this.records = List.copyOf(all);
    }

    /** A snapshot that no earlier one helps: every chunk is a record. */
    public static MaskPublication first(MaskDraft draft) {
        return first(draft, ChunkCodec.MAX_VALUE_BYTES);
    }

    /**
     * A snapshot after the one that was published last, by this incarnation with a lower version or by another one.
     * {@code previous} must be committed: chunks are left out because its records are in the topic.
     */
    public static MaskPublication after(MaskManifest previous, MaskDraft draft) {
        return after(previous, draft, ChunkCodec.MAX_VALUE_BYTES);
    }

    static MaskPublication first(MaskDraft draft, int maxValueBytes) {
        Chunks chunks = new Chunks(Map.of(), maxValueBytes);
        return new MaskPublication(chunks.cut(draft), chunks.changed, List.of());
    }

    static MaskPublication after(MaskManifest previous, MaskDraft draft, int maxValueBytes) {
        Map<String, String> published = new HashMap<>();
        for (ManifestLayer layer : previous.layers()) {
            layer.chunks().forEach(chunk -> published.put(chunk.key(), chunk.sha256()));
        }
        Chunks chunks = new Chunks(published, maxValueBytes);
        MaskManifest manifest = chunks.cut(draft);
        boolean sameHistory =
                previous.origin().incarnation().equals(draft.origin().incarnation());
        if (sameHistory && !manifest.succeeds(previous)) {
            throw new InvalidValueException(
                    "version", "more than " + previous.version(), Long.toString(draft.version()));
        }
        Set<String> retired = new HashSet<>(previous.chunkKeys());
        retired.removeAll(manifest.chunkKeys());
        return new MaskPublication(
                manifest, chunks.changed, retired.stream().sorted().toList());
    }

    /** The manifest; keep it for the next {@link #after} once these records are committed. */
    public MaskManifest manifest() {
        return manifest;
    }

    /** Changed chunks, then the manifest. */
    public List<MaskRecord> records() {
        return records;
    }

    /** Keys to write null values for, before the manifest. */
    public List<String> retiredKeys() {
        return retiredKeys;
    }

    /** Cuts layers into chunks and gathers those that are not yet in the topic. */
    private static final class Chunks {
        private final Map<String, String> published; // key -> digest
        private final int maxValueBytes;
        private final List<MaskRecord> changed = new ArrayList<>();

        Chunks(Map<String, String> published, int maxValueBytes) {
            this.published = published;
            this.maxValueBytes = maxValueBytes;
        }

        MaskManifest cut(MaskDraft draft) {
            List<ManifestLayer> layers = draft.layers().stream()
                    .map(layer -> new ManifestLayer(layer.parameter(), layer.layout(), layer.kept(), cut(layer)))
                    .toList();
            return new MaskManifest(draft.origin(), draft.version(), draft.state(), draft.pattern(), layers);
        }

        private List<ManifestChunk> cut(LayerBits layer) {
            int m = layer.layout().m();
            long groups = layer.layout().groups();
            long run = ChunkCodec.groupsPerChunk(m, maxValueBytes);
            List<ManifestChunk> chunks = new ArrayList<>();
            for (long first = 0; first < groups; first += run) {
                long end = Math.min(groups, first + run);
                int from = (int) (first * m / Byte.SIZE);
                int length = (int) LayerBits.bytesFor((end - first) * m);
                ByteBuffer bits = layer.bits().slice(from, length);
                chunks.add(chunk(ManifestChunk.key(layer.parameter(), chunks.size()), first, end, bits));
            }
            return chunks;
        }

        private ManifestChunk chunk(String key, long first, long end, ByteBuffer bits) {
            byte[] value = ChunkCodec.encode(bits);
            String sha256 = Sha256.hex(value);
            if (!sha256.equals(published.get(key))) {
                changed.add(MaskRecord.chunk(key, value));
            }
            return new ManifestChunk(key, first, end, value.length, sha256);
        }
    }
}
