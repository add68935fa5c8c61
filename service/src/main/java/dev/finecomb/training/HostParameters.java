package dev.finecomb.training;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.finecomb.model.ModelParameter;
import dev.finecomb.sparsity.HostSaliency;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.LayerValues;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The host form: works in place on the engine's own memory. Optimizer state, saliencies and masks live in the arena of
 * whoever built this.
 */
final class HostParameters implements ParameterBank {
    private final Optimizer optimizer;
    private final HostSaliency saliency;
    private final List<HostParameter> parameters;
    private final List<HostParameter> sparse;

    /** One parameter; {@code alive} holds a byte per weight in the weight's own layout, 1 = alive, empty when dense. */
    private record HostParameter(String name, List<Long> shape, Optimizer.HostArrays arrays, MemorySegment alive) {
        boolean isSparse() {
            return alive.byteSize() > 0;
        }
    }

    /**
     * @param sparseNames names of the sparse layers' weights, in layer order
     * @param saliency accumulators in the same order
     */
    HostParameters(
            List<ModelParameter> parameters,
            List<String> sparseNames,
            HostSaliency saliency,
            Optimizer optimizer,
            Arena arena) {
        this.optimizer = optimizer;
        this.saliency = saliency;
        this.parameters = parameters.stream()
                .map(p -> hostParameter(p, sparseNames.contains(p.name()), optimizer, arena))
                .toList();
        this.sparse = sparseNames.stream().map(this::byName).toList();
    }

    private static HostParameter hostParameter(ModelParameter p, boolean isSparse, Optimizer optimizer, Arena arena) {
        List<MemorySegment> slots = new ArrayList<>();
        for (int i = 0; i < optimizer.slots().size(); i++) {
            slots.add(arena.allocate(JAVA_FLOAT, p.elements()));
        }
        MemorySegment alive = arena.allocate(JAVA_BYTE, isSparse ? p.elements() : 0);
        alive.fill((byte) 1);
        var arrays = new Optimizer.HostArrays(p.hostWeight(), p.hostGradient(), slots);
        return new HostParameter(p.name(), p.shape(), arrays, alive);
    }

    private HostParameter byName(String name) {
        return parameters.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no trained parameter is named " + name));
    }

    @Override
    public double foldGradients() {
        double sum = 0;
        for (HostParameter p : parameters) {
            MemorySegment gradient = p.arrays().gradient();
            long n = p.arrays().elements();
            sum += p.isSparse() ? maskAndSquare(gradient, p.alive(), n) : square(gradient, n);
        }
        return Math.sqrt(sum);
    }

    private static double square(MemorySegment gradient, long n) {
        double sum = 0;
        for (long i = 0; i < n; i++) {
            double g = gradient.getAtIndex(JAVA_FLOAT, i);
            sum += g * g;
        }
        return sum;
    }

    private static double maskAndSquare(MemorySegment gradient, MemorySegment alive, long n) {
        double sum = 0;
        for (long i = 0; i < n; i++) {
            // A dead weight's gradient times 0 is 0, or NaN when it was not finite: then the norm must not be.
            float g = gradient.getAtIndex(JAVA_FLOAT, i) * alive.get(JAVA_BYTE, i);
            gradient.setAtIndex(JAVA_FLOAT, i, g);
            sum += (double) g * g;
        }
        return sum;
    }

    @Override
    public void update(long step, float learningRate, float scale, boolean learnSaliencies) {
        if (scale != 1) {
            parameters.forEach(p -> multiply(p.arrays().gradient(), p.arrays().elements(), scale));
        }
        if (learnSaliencies) {
            for (int layer = 0; layer < sparse.size(); layer++) {
                Optimizer.HostArrays arrays = sparse.get(layer).arrays();
                saliency.accumulate(layer, arrays.weight(), arrays.gradient());
            }
        }
        for (HostParameter p : parameters) {
            optimizer.update(p.arrays(), step, learningRate);
        }
    }

    private static void multiply(MemorySegment gradient, long n, float scale) {
        for (long i = 0; i < n; i++) {
            gradient.setAtIndex(JAVA_FLOAT, i, gradient.getAtIndex(JAVA_FLOAT, i) * scale);
        }
    }

    @Override
    public void discardGradients() {
        parameters.forEach(p -> p.arrays().gradient().fill((byte) 0));
    }

    @Override
    public List<LayerValues> layerValues() {
        List<LayerValues> values = new ArrayList<>();
        for (int layer = 0; layer < sparse.size(); layer++) {
            values.add(new LayerValues(sparse.get(layer).arrays().weight(), saliency.a(layer)));
        }
        return values;
    }

    @Override
    public void apply(List<LayerMask> masks) {
        for (int layer = 0; layer < sparse.size(); layer++) {
            HostParameter p = sparse.get(layer);
            LayerMask mask = masks.get(layer);
            spread(mask.weightBits(), p.alive());
            mask.zeroDead(p.arrays().weight());
            p.arrays().slots().forEach(mask::zeroDead);
        }
    }

    private static void spread(MemorySegment bits, MemorySegment alive) {
        for (long i = 0; i < alive.byteSize(); i++) {
            alive.set(JAVA_BYTE, i, (byte) (bits.get(JAVA_BYTE, i >>> 3) >>> (i & 7) & 1));
        }
    }

    @Override
    public List<StateArray> state() {
        List<StateArray> state = new ArrayList<>();
        for (HostParameter p : parameters) {
            state.addAll(StateArray.ofParameter(
                    p.name(),
                    p.arrays().weight(),
                    optimizer.slots(),
                    p.arrays().slots(),
                    (name, array) -> new HostArray(name, p.shape(), array)));
        }
        for (int layer = 0; layer < sparse.size(); layer++) {
            state.addAll(SaliencyArray.of(
                    saliency, layer, sparse.get(layer).name(), sparse.get(layer).shape()));
        }
        return state;
    }

    @Override
    public void close() {
        saliency.close();
    }
}
