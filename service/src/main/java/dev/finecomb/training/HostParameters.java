package dev.finecomb.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import ai.djl.ndarray.NDArray;
import dev.finecomb.compute.Kernels;
import dev.finecomb.compute.Mask;
import dev.finecomb.compute.Workers;
import dev.finecomb.model.ModelParameter;
import dev.finecomb.sparsity.HostSaliency;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.LayerValues;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The host form: works in place on the engine's own memory, on all cores, in one visit of each weight. Optimizer state and
 * saliencies live in the arena of whoever built this; the masks' bits are read where the policy has them.
 */
final class HostParameters implements ParameterBank {
    /** Elements: with weights, gradients, state and saliencies some 160 KiB, which a core's second-level cache holds. */
    private static final long BLOCK = 8192;
    /** Elements that one thread takes at a time: some 30 microseconds of work, more than it costs to hand it out. */
    private static final long UNIT = 4 * BLOCK;
    /** The mask of a block that has none dead. */
    private static final Mask ALL = all();

    private final Optimizer optimizer;
    private final HostSaliency saliency;
    private final Kernels kernels;
    private final Workers workers;
    private final List<HostParameter> parameters;
    private final List<HostParameter> sparse;
    private final List<NDArray> differentiated;
    private List<List<HostBlock>> units;
    /** This step's, in the order of the parameters; the engine frees them when the step ends. */
    private List<MemorySegment> gradients = List.of();

    /** @param layer the place among the sparse layers */
    private record HostParameter(String name, List<Long> shape, Optimizer.HostArrays arrays, OptionalInt layer) {}

    private static Mask all() {
        long[] words = new long[(int) BLOCK / Long.SIZE];
        Arrays.fill(words, -1);
        return Mask.of(words);
    }

    /**
     * What is made sparse, in layer order.
     *
     * @param names of the weights
     */
    record Sparsity(List<String> names, List<LayerMask> masks, HostSaliency saliency) {}

    /** @param arena owns the optimizer's state */
    HostParameters(
            List<ModelParameter> parameters, Sparsity sparsity, Optimizer optimizer, Workers workers, Arena arena) {
        this.optimizer = optimizer;
        this.saliency = sparsity.saliency();
        this.kernels = Kernels.fastest();
        this.workers = workers;
        this.parameters = parameters.stream()
                .map(p -> hostParameter(p, sparsity.names().indexOf(p.name()), optimizer, arena))
                .toList();
        this.differentiated = parameters.stream().map(ModelParameter::array).toList();
        this.sparse = sparsity.names().stream().map(this::byName).toList();
        this.units = units(sparsity.masks());
    }

    private static HostParameter hostParameter(ModelParameter p, int layer, Optimizer optimizer, Arena arena) {
        List<MemorySegment> slots = optimizer.slots().stream()
                .map(slot -> arena.allocate(JAVA_FLOAT, p.elements()))
                .toList();
        var arrays = new Optimizer.HostArrays(p.hostWeight(), slots);
        return new HostParameter(p.name(), p.shape(), arrays, layer < 0 ? OptionalInt.empty() : OptionalInt.of(layer));
    }

    private HostParameter byName(String name) {
        return parameters.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no trained parameter is named " + name));
    }

    /** All blocks in order, in units; how they are cut depends on the model alone, so sums over them do, too. */
    private List<List<HostBlock>> units(List<LayerMask> masks) {
        List<List<HostBlock>> cut = new ArrayList<>();
        List<HostBlock> unit = new ArrayList<>();
        long elements = 0;
        for (int i = 0; i < parameters.size(); i++) {
            long n = parameters.get(i).arrays().elements();
            for (long from = 0; from < n; from += BLOCK) {
                HostBlock block = block(new HostBlock.Run(i, from, Math.min(n, from + BLOCK)), masks);
                unit.add(block);
                elements += block.arrays().elements();
                if (elements >= UNIT) {
                    cut.add(unit);
                    unit = new ArrayList<>();
                    elements = 0;
                }
            }
        }
        if (!unit.isEmpty()) {
            cut.add(unit);
        }
        return cut;
    }

    private HostBlock block(HostBlock.Run run, List<LayerMask> masks) {
        HostParameter p = parameters.get(run.parameter());
        Optimizer.HostArrays arrays = p.arrays().slice(run.from(), run.to());
        if (p.layer().isEmpty()) {
            return new HostBlock.Dense(run, arrays, ALL);
        }
        int layer = p.layer().getAsInt();
        return new HostBlock.Sparse(
                run,
                arrays,
                masks.get(layer).inWeightOrder().from(run.from()),
                saliency.slice(layer, run.from(), run.to()));
    }

    @Override
    public List<NDArray> differentiated() {
        return differentiated;
    }

    @Override
    public Measured foldGradients(NDArray numbers, List<NDArray> handed) {
        gradients = handed.stream()
                .map(gradient -> MemorySegment.ofBuffer(gradient.toByteBuffer(true)))
                .toList();
        return Measured.of(gradientNorm(), numbers.toDoubleArray());
    }

    private double gradientNorm() {
        double[] sums = new double[units.size()];
        workers.run(sums.length, unit -> {
            for (HostBlock block : units.get(unit)) {
                sums[unit] += block.squares(kernels, gradients);
            }
        });
        double sum = 0;
        for (double squares : sums) {
            sum += squares;
        }
        return Math.sqrt(sum);
    }

    @Override
    public void update(long step, float learningRate, float scale, boolean learnSaliencies) {
        var all = new HostBlock.Step(
                saliency, optimizer.hostUpdate(kernels, step, learningRate, scale), scale, learnSaliencies);
        workers.run(units.size(), unit -> units.get(unit).forEach(block -> block.update(all, gradients)));
        discardGradients();
    }

    @Override
    public void discardGradients() {
        gradients = List.of();
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
        units = units(masks);
        workers.run(units.size(), unit -> units.get(unit).forEach(block -> block.zeroDead(kernels)));
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
