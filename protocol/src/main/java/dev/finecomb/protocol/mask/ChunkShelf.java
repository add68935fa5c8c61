package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that came, by key and digest. Of each key it holds the one that the applied manifest names and the
 * {@value #WAITING} that came last, so memory is bounded by the masks' size whatever the topic holds.
 */
final class ChunkShelf {
    /** Chunks of one key that may wait for their manifest. In a topic in order one would do. */
    static final int WAITING = 4;

    private final Map<String, Slot> slots = new HashMap<>();

    void put(String key, String sha256, byte[] value) {
        slots.computeIfAbsent(key, _ -> new Slot()).put(sha256, value);
    }

    /** Keys of the manifest's chunks that are not there with their digest. */
    List<String> missing(MaskManifest manifest) {
        List<String> missing = new ArrayList<>();
        for (ManifestLayer layer : manifest.layers()) {
            for (ManifestChunk chunk : layer.chunks()) {
                if (find(chunk) == null) {
                    missing.add(chunk.key());
                }
            }
        }
        return missing;
    }

    /** The layer's bits, joined from chunks that are all there. */
    byte[] bits(ManifestLayer layer) throws MalformedMessageException {
        long bytes = LayerBits.bytesFor(layer.layout().elements());
        List<ByteBuffer> parts = new ArrayList<>();
        for (ManifestChunk chunk : layer.chunks()) {
            byte[] value = find(chunk);
            if (value == null || value.length != chunk.bytes()) {
                throw new MalformedMessageException(chunk.key(), chunk.bytes() + " bytes", "another length");
            }
            long weights =
                    (chunk.endGroup() - chunk.firstGroup()) * layer.layout().m();
            parts.add(ChunkCodec.decode(chunk.key(), value, weights));
        }
        long found = parts.stream().mapToLong(ByteBuffer::remaining).sum();
        if (found != bytes || bytes > Integer.MAX_VALUE) {
            throw new MalformedMessageException(layer.parameter(), bytes + " bytes of bits", found + " bytes");
        }
        ByteBuffer joined = ByteBuffer.allocate((int) bytes);
        parts.forEach(joined::put);
        return joined.array();
    }

    /** Marks the manifest's chunks as in use and lets go of those that were in use before. */
    void claim(MaskManifest manifest) {
        Set<String> named = manifest.chunkKeys();
        slots.entrySet().removeIf(slot -> slot.getValue().isClaimed() && !named.contains(slot.getKey()));
        for (ManifestLayer layer : manifest.layers()) {
            for (ManifestChunk chunk : layer.chunks()) {
                Slot slot = slots.get(chunk.key());
                if (slot != null) {
                    slot.claim(chunk.sha256());
                }
            }
        }
    }

    private byte @Nullable [] find(ManifestChunk chunk) {
        Slot slot = slots.get(chunk.key());
        return slot == null ? null : slot.values.get(chunk.sha256());
    }

    /** The values of one key by digest, in the order in which they came last. */
    private static final class Slot {
        private final LinkedHashMap<String, byte[]> values = new LinkedHashMap<>();
        private String claimed = "";

        boolean isClaimed() {
            return !claimed.isEmpty();
        }

        void claim(String sha256) {
            if (!sha256.equals(claimed)) {
                values.remove(claimed);
                claimed = sha256;
            }
        }

        void put(String sha256, byte[] value) {
            values.remove(sha256);
            values.put(sha256, value);
            int waiting = values.size() - (values.containsKey(claimed) ? 1 : 0);
            if (waiting > WAITING) {
                values.keySet().stream()
                        .filter(digest -> !digest.equals(claimed))
                        .findFirst()
                        .ifPresent(values::remove);
            }
        }
    }
}
