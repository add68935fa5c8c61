package dev.finecomb.export;

import dev.finecomb.model.ArchivedTensor;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.model.TestArchives;
import dev.finecomb.model.UnreadableModelException;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.LayerVerdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** A small batch-norm network whose two inner convolutions were pruned: the first N of every group stay. */
final class ExportWorld {
    static final List<String> SPARSE = List.of("conv1.weight", "conv2.weight");

    final ModuleArchive archive;
    final Pattern pattern;

    ExportWorld(String pattern) throws UnreadableModelException {
        this.archive = ModuleArchive.open(TestArchives.batchNormCnn());
        this.pattern = Pattern.parse(pattern);
    }

    ExportRequest request() {
        return request(values());
    }

    ExportRequest request(List<Tensor> values) {
        return new ExportRequest(facts(), pattern, values, masks(), verdicts());
    }

    JobFacts facts() {
        return new JobFacts(
                "digits",
                "1f0c",
                600,
                "ab".repeat(32),
                new JobFacts.Prequential(6400, OptionalDouble.of(0.25), OptionalDouble.of(0.9375)),
                new TreeMap<>(Map.of("finecomb.sparsity.pattern", pattern.toString(), "finecomb.model.uri", "m.pt")));
    }

    List<NamedMask> masks() {
        return SPARSE.stream()
                .map(name -> new NamedMask(name, mask(layout(name))))
                .toList();
    }

    List<LayerVerdict> verdicts() {
        List<LayerVerdict> verdicts = new ArrayList<>();
        for (ArchivedTensor tensor : archive.parameters()) {
            if (tensor.shape().size() >= 2) {
                boolean sparse = SPARSE.contains(tensor.name());
                verdicts.add(new LayerVerdict(tensor.name(), tensor.shape(), sparse, sparse ? "divisible" : "kept"));
            }
        }
        return verdicts;
    }

    /** The archive's values, zero outside the masks. */
    List<Tensor> values() {
        return archive.tensors().stream()
                .map(tensor -> new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), masked(tensor)))
                .toList();
    }

    /** The same with one element of a tensor set. */
    List<Tensor> valuesWith(String name, long index, float value) {
        return values().stream()
                .map(tensor -> {
                    if (!tensor.name().equals(name)) {
                        return tensor;
                    }
                    ByteBuffer changed = copy(tensor.data());
                    changed.putFloat((int) index * Float.BYTES, value);
                    return new Tensor(name, tensor.dtype(), tensor.shape(), changed);
                })
                .toList();
    }

    GroupedLayout layout(String name) {
        return new GroupedLayout(archive.find(name).orElseThrow().shape(), pattern.m());
    }

    private ByteBuffer masked(ArchivedTensor tensor) {
        if (!SPARSE.contains(tensor.name())) {
            return tensor.data();
        }
        ByteBuffer values = copy(tensor.data());
        GroupedLayout layout = layout(tensor.name());
        for (long i = 0; i < layout.elements(); i++) {
            if (i % pattern.m() >= pattern.n()) {
                values.putFloat((int) layout.weightIndex(i) * Float.BYTES, 0f);
            }
        }
        return values;
    }

    private LayerMask mask(GroupedLayout layout) {
        byte[] bits = new byte[(int) Math.ceilDiv(layout.elements(), 8L)];
        for (int i = 0; i < layout.elements(); i++) {
            if (i % pattern.m() < pattern.n()) {
                bits[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        return LayerMask.of(layout, bits);
    }

    private static ByteBuffer copy(ByteBuffer data) {
        return ByteBuffer.allocate(data.remaining())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(data)
                .flip();
    }
}
