package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.finecomb.model.ModelParameter;
import dev.finecomb.sparsity.DeviceSaliency;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.LayerValues;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The device form: engine operations in place; only the gradient norm and removals come down to the host. */
final class DeviceParameters implements ParameterBank {
    private final Optimizer optimizer;
    private final DeviceSaliency saliency;
    private final List<DeviceParameter> parameters;
    private final List<DeviceParameter> sparse;
    private final NDManager manager;

    /** One parameter; {@code alive} is 1.0 or 0.0 per weight, and empty for a dense one. */
    private record DeviceParameter(String name, List<Long> shape, DeviceUpdate.Arrays arrays, NDList alive) {}

    DeviceParameters(
            List<ModelParameter> parameters,
            List<String> sparseNames,
            DeviceSaliency saliency,
            Optimizer optimizer,
            NDManager manager) {
        this.optimizer = optimizer;
        this.saliency = saliency;
        this.manager = manager;
        this.parameters = parameters.stream()
                .map(p -> deviceParameter(p, sparseNames.contains(p.name())))
                .toList();
        this.sparse = sparseNames.stream().map(this::byName).toList();
    }

    private DeviceParameter deviceParameter(ModelParameter p, boolean isSparse) {
        List<NDArray> slots = new ArrayList<>();
        for (int i = 0; i < optimizer.slots().size(); i++) {
            slots.add(manager.zeros(p.array().getShape()));
        }
        NDList alive = isSparse ? new NDList(manager.ones(p.array().getShape())) : new NDList();
        var arrays = new DeviceUpdate.Arrays(p.array(), p.gradient(), slots);
        return new DeviceParameter(p.name(), p.shape(), arrays, alive);
    }

    private DeviceParameter byName(String name) {
        return parameters.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no trained parameter is named " + name));
    }

    @Override
    public double foldGradients() {
        try (NDManager scope = manager.newSubManager()) {
            NDList sums = new NDList();
            for (DeviceParameter p : parameters) {
                NDArray gradient = p.arrays().gradient();
                p.alive().forEach(gradient::muli);
                NDArray square = gradient.square();
                square.attach(scope);
                NDArray sum = square.sum();
                sum.attach(scope);
                sums.add(sum);
            }
            NDArray stacked = NDArrays.stack(sums);
            stacked.attach(scope);
            double sum = 0;
            for (float squares : stacked.toFloatArray()) {
                sum += squares;
            }
            return Math.sqrt(sum);
        }
    }

    @Override
    public void update(long step, float learningRate, float scale, boolean learnSaliencies) {
        if (scale != 1) {
            parameters.forEach(p -> p.arrays().gradient().muli(scale));
        }
        if (learnSaliencies) {
            for (int layer = 0; layer < sparse.size(); layer++) {
                DeviceUpdate.Arrays arrays = sparse.get(layer).arrays();
                saliency.accumulate(layer, arrays.weight(), arrays.gradient());
            }
        }
        for (DeviceParameter p : parameters) {
            DeviceUpdate.apply(optimizer, p.arrays(), step, learningRate);
        }
        discardGradients();
    }

    @Override
    public void discardGradients() {
        // Not a multiplication by zero, which would keep a NaN.
        parameters.forEach(p -> JniUtils.zeroGrad((PtNDArray) p.arrays().weight()));
    }

    @Override
    public List<LayerValues> layerValues() {
        List<LayerValues> values = new ArrayList<>();
        for (int layer = 0; layer < sparse.size(); layer++) {
            values.add(new LayerValues(host(sparse.get(layer).arrays().weight()), host(saliency.a(layer))));
        }
        return values;
    }

    private static MemorySegment host(NDArray array) {
        return MemorySegment.ofArray(array.toFloatArray());
    }

    @Override
    public void apply(List<LayerMask> masks) {
        for (int layer = 0; layer < sparse.size(); layer++) {
            DeviceParameter p = sparse.get(layer);
            NDArray alive = p.alive().getFirst();
            float[] ones = new float[Math.toIntExact(masks.get(layer).elements())];
            masks.get(layer).writeTo(MemorySegment.ofArray(ones));
            alive.set(ones);
            zeroDead(p.arrays().weight(), alive);
            p.arrays().slots().forEach(slot -> zeroDead(slot, alive));
        }
    }

    /** A product with 0 may be -0.0; adding +0.0 makes it +0.0 and changes nothing else. */
    private static void zeroDead(NDArray array, NDArray alive) {
        array.muli(alive).addi(0f);
    }

    @Override
    public List<StateArray> state() {
        List<StateArray> state = new ArrayList<>();
        for (DeviceParameter p : parameters) {
            state.addAll(StateArray.ofParameter(
                    p.name(), p.arrays().weight(), optimizer.slots(), p.arrays().slots(), EngineArray::new));
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
