package dev.finecomb.training;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.DeviceSaliency;
import dev.finecomb.sparsity.HostSaliency;
import dev.finecomb.sparsity.Saliency;
import dev.finecomb.sparsity.SaliencyBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One layer's saliencies, or their momenta, as an array of the state. */
record SaliencyArray(String name, List<Long> shape, Saliency saliency, SaliencyBuffer buffer, int layer)
        implements StateArray {

    /** The arrays that a layer's saliencies consist of. */
    static List<StateArray> of(Saliency saliency, int layer, String parameter, List<Long> shape) {
        List<StateArray> arrays = new ArrayList<>();
        arrays.add(new SaliencyArray("saliency/" + parameter, shape, saliency, SaliencyBuffer.ACCUMULATOR, layer));
        if (saliency.rule().hasMomentum()) {
            String name = "saliency-momentum/" + parameter;
            arrays.add(new SaliencyArray(name, shape, saliency, SaliencyBuffer.MOMENTUM, layer));
        }
        return arrays;
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public long bytes() {
        return saliency.elements(layer) * Float.BYTES;
    }

    @Override
    public Optional<MemorySegment> memory() {
        return switch (saliency) {
            case HostSaliency host -> Optional.of(host.segment(buffer, layer));
            case DeviceSaliency _ -> Optional.empty();
        };
    }

    @Override
    public void read(MemorySegment target) {
        saliency.read(buffer, layer, target);
    }

    @Override
    public void restore(Tensor tensor) {
        saliency.write(buffer, layer, MemorySegment.ofBuffer(tensor.data()));
    }
}
