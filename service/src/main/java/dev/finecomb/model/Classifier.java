package dev.finecomb.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A TorchScript module in evaluation mode on the processor, asked for classes: how a finished model is used. */
public final class Classifier implements AutoCloseable {
    private final Model model;
    private final PtSymbolBlock block;

    private Classifier(Model model) {
        this.model = model;
        this.block = (PtSymbolBlock) model.getBlock();
        JniUtils.enableInferenceMode(block);
    }

    /**
     * Loads a module.
     *
     * @throws IOException when the engine does not load the file
     */
    public static Classifier open(Path module) throws IOException {
        Model model = Model.newInstance("classifier", Device.cpu(), ModelLoader.ENGINE);
        try {
            model.load(module, null, Map.of("mapLocation", "true"));
            return new Classifier(model);
        } catch (MalformedModelException e) {
            model.close();
            throw new IOException(module + " is no module the engine can load", e);
        }
    }

    /**
     * The most likely class of each sample.
     *
     * @param input [B, ...]
     * @return [B]
     */
    public long[] classify(Tensor input) {
        try (StepScope scope = new StepScope(model.getNDManager())) {
            NDArray logits = IValueUtils.forward(block, new NDList(scope.stage(input)), false)
                    .head();
            return logits.argMax(1).toLongArray();
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
