package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.TrainableModel;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.MaskPolicy;
import dev.finecomb.sparsity.SparseLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** All that a step does after backward, alone: on a model's own memory, with gradients made up before each pass. */
public final class UpdatePass implements AutoCloseable {
    private final TrainableModel model;
    private final TrainerResources resources;
    private final ParameterBank bank;
    private final List<NDArray> gradients;
    private final List<MemorySegment> madeUp;
    private final Arena madeUpMemory = Arena.ofShared();
    private final NDArray noNumbers;
    private long step;

    private UpdatePass(TrainableModel model, FinecombConfig config, List<SparseLayer> layers) {
        this.model = model;
        this.resources = TrainerResources.of(model, Runtime.getRuntime().availableProcessors());
        MaskPolicy policy = TrainerAssembly.policy(config.sparsity(), layers, resources.workers());
        this.bank = TrainerAssembly.bank(model, config, policy, resources);
        this.noNumbers = model.manager().zeros(new Shape(1), DataType.FLOAT64);
        this.gradients = model.parameters().stream()
                .map(p -> model.manager().zeros(p.array().getShape()))
                .toList();
        this.madeUp = model.parameters().stream()
                .map(p -> madeUpMemory.allocate(p.hostWeight().byteSize()).copyFrom(p.hostWeight()))
                .toList();
    }

    /**
     * A pass with every parameter dense, or with the two-dimensional ones sparse where the pattern fits.
     *
     * @param model closed with this
     */
    public static UpdatePass of(TrainableModel model, FinecombConfig config, boolean sparse) {
        Pattern pattern = Pattern.parse(config.sparsity().pattern());
        List<SparseLayer> layers = model.parameters().stream()
                .filter(p -> sparse && p.shape().size() == 2 && p.shape().get(1) % pattern.m() == 0)
                .map(p -> new SparseLayer(p.name(), new GroupedLayout(p.shape(), pattern.m())))
                .toList();
        return new UpdatePass(model, config, layers);
    }

    /** Puts the gradients where the backward pass would leave them. */
    public void makeGradients() {
        for (int i = 0; i < gradients.size(); i++) {
            MemorySegment.ofBuffer(gradients.get(i).toByteBuffer(true)).copyFrom(madeUp.get(i));
        }
    }

    /** The pass itself. */
    public void run() {
        if (Double.isNaN(bank.foldGradients(noNumbers, gradients).gradientNorm())) {
            throw new IllegalStateException("the gradients are not finite");
        }
        bank.update(step++, 1e-4f, 1, true);
    }

    /** Weights that a pass goes over. */
    public long weights() {
        return model.parameters().stream().mapToLong(p -> p.elements()).sum();
    }

    @Override
    public void close() {
        bank.close();
        model.close();
        resources.close();
        madeUpMemory.close();
    }
}
