package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import dev.finecomb.model.ModelParameter;
import dev.finecomb.sparsity.DeviceSaliency;
import dev.finecomb.sparsity.FlatLayout;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.LayerValues;
import dev.finecomb.sparsity.SaliencyBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The device form: weights, gradients, optimizer state, saliencies and masks are one flat array each, of which the module's
 * own parameters and gradients are views, so that every pass of a step is one launch over the whole model.
 *
 * <p>The sparse layers come first, in layer order, so that what concerns them alone is a prefix.
 */
final class DeviceParameters implements ParameterBank {
    private final Optimizer optimizer;
    private final Operations operations;
    private final DeviceSaliency saliency;
    private final NDManager manager;
    /** In the model's order. */
    private final List<DeviceParameter> parameters;
    /** In layer order. */
    private final List<DeviceParameter> sparse;

    private final NDArray weights;
    private final NDArray gradients;
    /** A view of the prefix that the sparse layers fill. */
    private final NDArray sparseWeights;
    /** The same of the gradients. */
    private final NDArray sparseGradients;
    /** 1 or 0, as long as the prefix; float32, because the engine would convert other types each time. */
    private final NDArray alive;

    private final DeviceUpdate update;
    private final List<NDArray> sparseSlots;
    /** False until the first removal, when there is nothing to mask. */
    private boolean masked;

    /** One parameter: its place in the flat arrays, and the optimizer's state as views of the weight's shape. */
    private record DeviceParameter(ModelParameter model, long offset, List<NDArray> slots) {
        NDArray in(NDArray flat) {
            return flat.get(new NDIndex("{}:{}", offset, offset + model.elements()));
        }
    }

    /**
     * @param parameters in the model's order; become views of flat arrays
     * @param sparseNames names of the sparse layers' weights, in layer order
     * @param saliency accumulators in the same order
     * @param manager owns all arrays
     */
    DeviceParameters(
            List<ModelParameter> parameters,
            List<String> sparseNames,
            DeviceSaliency saliency,
            Optimizer optimizer,
            Operations operations,
            NDManager manager) {
        this.optimizer = optimizer;
        this.operations = operations;
        this.saliency = saliency;
        this.manager = manager;
        List<ModelParameter> order = sparseFirst(parameters, sparseNames);
        FlatLayout layout = layout(order);
        this.weights = flat(order.stream().map(ModelParameter::array).toList(), layout);
        this.gradients = flat(attachedGradients(order, manager), layout);
        this.update = new DeviceUpdate(optimizer, operations, layout.size(), manager);
        List<DeviceParameter> placed = IntStream.range(0, order.size())
                .mapToObj(i -> place(order.get(i), layout.offsets().get(i)))
                .toList();
        this.sparse = placed.subList(0, sparseNames.size());
        this.parameters = placed.stream()
                .sorted(Comparator.comparingInt(p -> parameters.indexOf(p.model())))
                .toList();
        long prefix = layout(order.subList(0, sparse.size())).size();
        this.alive = manager.ones(new Shape(prefix));
        this.sparseWeights = prefix(weights, prefix);
        this.sparseGradients = prefix(gradients, prefix);
        this.sparseSlots =
                update.slots().stream().map(slot -> prefix(slot, prefix)).toList();
    }

    /**
     * Makes every gradient exist, all +0.0, by a backward pass whose gradients are 0. From then on the engine accumulates
     * into the same memory, in a first step as in any later one.
     */
    private static List<NDArray> attachedGradients(List<ModelParameter> parameters, NDManager manager) {
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = manager.getEngine().newGradientCollector()) {
            for (ModelParameter parameter : parameters) {
                NDArray sum = parameter.array().sum();
                sum.attach(scope);
                NDArray nothing = sum.mul(0);
                nothing.attach(scope);
                collector.backward(nothing);
            }
        }
        parameters.forEach(parameter -> JniUtils.zeroGrad((PtNDArray) parameter.array()));
        return parameters.stream().map(p -> p.array().getGradient()).toList();
    }

    private static List<ModelParameter> sparseFirst(List<ModelParameter> parameters, List<String> sparseNames) {
        Map<String, ModelParameter> byName = new LinkedHashMap<>();
        parameters.forEach(p -> byName.put(p.name(), p));
        List<ModelParameter> order = new ArrayList<>();
        for (String name : sparseNames) {
            ModelParameter parameter = byName.remove(name);
            if (parameter == null) {
                throw new IllegalArgumentException("no trained parameter is named " + name);
            }
            order.add(parameter);
        }
        order.addAll(byName.values());
        return order;
    }

    private static FlatLayout layout(List<ModelParameter> parameters) {
        return FlatLayout.of(parameters.stream().map(ModelParameter::elements).toList());
    }

    private NDArray flat(List<NDArray> parts, FlatLayout layout) {
        NDArray flat = manager.zeros(new Shape(layout.size()));
        operations.lay(parts, flat, layout.offsets());
        return flat;
    }

    private DeviceParameter place(ModelParameter parameter, long offset) {
        DeviceParameter placed = new DeviceParameter(parameter, offset, new ArrayList<>());
        for (NDArray slot : update.slots()) {
            try (NDArray part = placed.in(slot)) {
                placed.slots().add(part.reshape(parameter.array().getShape()));
            }
        }
        return placed;
    }

    private static NDArray prefix(NDArray flat, long size) {
        return flat.get(new NDIndex("0:{}", size));
    }

    @Override
    public List<NDArray> differentiated() {
        return List.of();
    }

    @Override
    public Measured foldGradients(NDArray numbers, List<NDArray> none) {
        if (masked) {
            operations.mask(sparseGradients, alive);
        }
        double[] read = operations
                .appendSquares(numbers, gradients, FlatLayout.ALIGNMENT)
                .toDoubleArray();
        return Measured.of(Math.sqrt(read[read.length - 1]), read);
    }

    @Override
    public void update(long step, float learningRate, float scale, boolean learnSaliencies) {
        if (scale != 1) {
            gradients.muli(scale);
        }
        if (learnSaliencies) {
            saliency.accumulate(sparseWeights, sparseGradients);
        }
        update.apply(weights, gradients, new Operations.Pace(step, learningRate));
        discardGradients();
    }

    @Override
    public void discardGradients() {
        // Not a multiplication by zero, which would keep a NaN.
        operations.zero(gradients);
    }

    @Override
    public List<LayerValues> layerValues() {
        List<LayerValues> values = new ArrayList<>();
        for (int layer = 0; layer < sparse.size(); layer++) {
            float[] w = sparse.get(layer).model().array().toFloatArray();
            MemorySegment a = MemorySegment.ofArray(new float[w.length]);
            saliency.read(SaliencyBuffer.ACCUMULATOR, layer, a);
            values.add(new LayerValues(MemorySegment.ofArray(w), a));
        }
        return values;
    }

    @Override
    public void apply(List<LayerMask> masks) {
        for (int layer = 0; layer < sparse.size(); layer++) {
            LayerMask mask = masks.get(layer);
            float[] ones = new float[Math.toIntExact(mask.elements())];
            mask.writeTo(MemorySegment.ofArray(ones));
            try (NDArray staged = manager.create(ones);
                    NDArray place = sparse.get(layer).in(alive)) {
                operations.copy(place, staged);
            }
        }
        masked = masks.stream().anyMatch(mask -> mask.kept() < mask.elements());
        Stream.concat(Stream.of(sparseWeights), sparseSlots.stream()).forEach(this::zeroDead);
    }

    /** A product with 0 may be -0.0; adding +0.0 makes it +0.0 and changes nothing else. */
    private void zeroDead(NDArray array) {
        operations.mask(array, alive);
        array.addi(0f);
    }

    @Override
    public List<StateArray> state() {
        List<StateArray> state = new ArrayList<>();
        for (DeviceParameter p : parameters) {
            state.addAll(StateArray.ofParameter(
                    p.model().name(),
                    p.model().array(),
                    optimizer.slots(),
                    p.slots(),
                    (name, array) -> new EngineArray(name, array, operations)));
        }
        for (int layer = 0; layer < sparse.size(); layer++) {
            ModelParameter p = sparse.get(layer).model();
            state.addAll(SaliencyArray.of(saliency, layer, p.name(), p.shape()));
        }
        return state;
    }

    @Override
    public void close() {
        saliency.close();
    }
}
