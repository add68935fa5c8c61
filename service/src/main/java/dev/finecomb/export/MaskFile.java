package dev.finecomb.export;

import dev.finecomb.protocol.mask.MaskLayer;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A snapshot of masks as a safetensors file, one U8 tensor a layer. The same snapshot gives the same bytes. */
public final class MaskFile {
    /** In which form a mask's elements are written. */
    public enum Form {
        /** One byte a weight, 0 or 1, in the weight's own shape. */
        BYTES("one byte per weight, in its own layout"),
        /** One bit a weight, least significant first, axes O, spatial, I; rank 1, as in an export. */
        PACKED(SparseModelExporter.MASK_ORDER);

        private final String order;

        Form(String order) {
            this.order = order;
        }
    }

    private MaskFile() {}

    /**
     * Writes the file in one step: whoever reads {@code file} finds all of it, or what was there before.
     *
     * @throws IOException if it can't be written; nothing is left behind then
     */
    public static ExportedFile write(MaskSnapshot snapshot, Form form, Path file) throws IOException {
        Path target = file.toAbsolutePath().normalize();
        Path parent = DirectorySwap.parent(target);
        Path temporary = parent.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".writing");
        try {
            var masks = new Masks(snapshot.layers(), form);
            ExportedFile written = DurableFiles.writeTensors(temporary, masks, metadata(snapshot.manifest(), form));
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.forceDirectory(parent);
            return new ExportedFile(target.getFileName().toString(), written.bytes(), written.sha256());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The masks, each unpacked anew whenever it is asked for: a writer that takes them in turn holds one at a time. */
    private static final class Masks extends AbstractList<SafetensorsFile.Entry> {
        private final List<MaskLayer> layers;
        private final Form form;

        Masks(List<MaskLayer> layers, Form form) {
            this.layers = layers;
            this.form = form;
        }

        @Override
        public SafetensorsFile.Entry get(int index) {
            return entry(layers.get(index), form);
        }

        @Override
        public int size() {
            return layers.size();
        }
    }

    private static SafetensorsFile.Entry entry(MaskLayer layer, Form form) {
        return switch (form) {
            case BYTES ->
                new SafetensorsFile.Entry(
                        layer.parameter(), DType.U8, layer.layout().shape(), MemorySegment.ofArray(layer.weightMask()));
            case PACKED -> {
                ByteBuffer bits = layer.bits().bits();
                yield new SafetensorsFile.Entry(
                        layer.parameter(), DType.U8, List.of((long) bits.remaining()), MemorySegment.ofBuffer(bits));
            }
        };
    }

    private static Map<String, String> metadata(MaskManifest manifest, Form form) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("job", manifest.origin().job());
        metadata.put("incarnation", manifest.origin().incarnation());
        metadata.put("step", Long.toString(manifest.origin().step()));
        metadata.put("version", Long.toString(manifest.version()));
        metadata.put("state", manifest.state().wireName());
        metadata.put("pattern", manifest.pattern().toString());
        metadata.put("digest", manifest.digest());
        metadata.put("order", form.order);
        return metadata;
    }
}
