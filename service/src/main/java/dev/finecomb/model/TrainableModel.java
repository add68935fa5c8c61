package dev.finecomb.model;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.training.GradientCollector;
import java.util.List;

/**
 * A TorchScript module that is trained in place: its parameters and its buffers are the engine's own arrays, so that an in-place change is what the next forward sees. One thread uses it, the one that trains.
 *
 * <p>Native memory is owned in three levels: the model's manager holds parameters and buffers; whoever trains
 * holds its own state beside it; a {@link StepScope} holds what one step makes.
 */
public final class TrainableModel implements AutoCloseable {
    private final Model model;
    private final PtSymbolBlock block;
    private final ModuleArchive archive;
    private final List<ModelParameter> parameters;
    private final List<ModelBuffer> buffers;

    /** An array that the module keeps and training does not update by gradient, such as a running mean. */
    public record ModelBuffer(String name, NDArray array) {}

    TrainableModel(
            Model model,
            PtSymbolBlock block,
            ModuleArchive archive,
            List<ModelParameter> parameters,
            List<ModelBuffer> buffers) {
        this.model = model;
        this.block = block;
        this.archive = archive;
        this.parameters = List.copyOf(parameters);
        this.buffers = List.copyOf(buffers);
    }

    /** The trained parameters in the module's order. */
    public List<ModelParameter> parameters() {
        return parameters;
    }

    /** The buffers in the module's order. */
    public List<ModelBuffer> buffers() {
        return buffers;
    }

    /** The file the model came from, as it was. */
    public ModuleArchive archive() {
        return archive;
    }

    /** The manager of the model's own arrays; arrays made on it live as long as the model. */
    public NDManager manager() {
        return model.getNDManager();
    }

    /** Whether the arrays are in host memory, where Java can work on them in place. */
    public boolean isOnHost() {
        return !manager().getDevice().isGpu();
    }

    /** The device's name as the engine gives it: {@code cpu()} or {@code gpu(0)}. */
    public String device() {
        return manager().getDevice().toString();
    }

    /** Opens the scope that will own all native arrays of one step. */
    public StepScope newStep() {
        return new StepScope(manager());
    }

    /** Gives the engine's random generators (dropout) a new start. */
    public void seed(int seed) {
        Engine.getEngine(ModelLoader.ENGINE).setRandomSeed(seed);
    }

    /** Starts recording for a backward pass; one at a time. */
    public GradientCollector collectGradients() {
        return Engine.getEngine(ModelLoader.ENGINE).newGradientCollector();
    }

    /**
     * Runs the module in training mode: batch norm uses and updates its statistics of the batch, dropout drops.
     *
     * @param inputs staged by {@link StepScope#stage}, in the order of the module's arguments
     * @return the module's first output, owned by the inputs' manager
     */
    public NDArray forward(List<NDArray> inputs) {
        return RecordedCall.forward(block, inputs).head();
    }

    /** Native arrays alive that this model owns, those of open steps included. */
    public int nativeArrays() {
        return manager().getManagedArrays().size();
    }

    @Override
    public void close() {
        model.close();
    }
}
