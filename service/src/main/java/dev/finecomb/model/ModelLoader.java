package dev.finecomb.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Pair;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.ModelConfig;
import dev.finecomb.model.TrainableModel.ModelBuffer;
import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Loads a TorchScript module so that it can be trained in place. */
public final class ModelLoader {
    static final String ENGINE = "PyTorch";

    private ModelLoader() {}

    /** A loaded model, its file and the file's SHA-256. */
    public record Loaded(TrainableModel model, Path file, String sha256) {}

    /**
     * Loads the module on the calling thread, which must be the one that trains: the engine's graph settings are a
     * thread's own.
     *
     * @throws UnreadableModelException when the file is missing, is no TorchScript module, has another digest than the
     *     configured one, or holds parameters that can't be trained here
     * @throws IOException when the module is to be fetched or made, and can't be, or can't be written beside the checkpoints
     */
    public static Loaded load(FinecombConfig config) throws UnreadableModelException, IOException {
        return load(config.model(), InitialModule.of(config));
    }

    private static Loaded load(ModelConfig config, Path file) throws UnreadableModelException {
        String sha256 = verifiedDigest(config, file);
        ModuleArchive archive = ModuleArchive.open(file);
        Trainable.require(archive, file);
        NativeSettings.apply(System.getenv());
        Device device = device(config.device());
        // Without this, the first runs of a module profile it and later ones are fused: the bits would depend on how
        // many steps this process has done.
        JniUtils.setGraphExecutorOptimize(false);
        // A thread's own too, and on except in the thread that happened to start the engine: recording is what a step
        // asks for, and in-place updates of the weights are refused while it is on.
        JniUtils.setGradMode(false);
        // And how many threads an operation takes: asked for, it becomes what the process is set to.
        JniUtils.getNumThreads();
        Model model = Model.newInstance("module", device, ENGINE);
        try {
            return new Loaded(load(model, archive), file, sha256);
        } catch (IOException | MalformedModelException | EngineException e) {
            model.close();
            throw new UnreadableModelException(
                    file.toString(),
                    "the engine does not load it: " + firstLine(e),
                    "save the module with torch.jit.save, by a PyTorch not newer than " + version(),
                    e);
        } catch (RuntimeException | UnreadableModelException e) {
            model.close();
            throw e;
        }
    }

    private static TrainableModel load(Model model, ModuleArchive archive)
            throws IOException, MalformedModelException, UnreadableModelException {
        Path directory = Files.createTempDirectory("finecomb-model");
        Path copy = directory.resolve("module.pt");
        try {
            archive.writeWithAccessor(copy);
            model.load(directory, "module.pt", Map.of("trainParam", "true", "mapLocation", "true"));
        } finally {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(directory);
        }
        PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
        // The engine loads a module in evaluation mode while the block believes it trains.
        JniUtils.enableTrainingMode(block);
        List<ModelParameter> parameters = parameters(block);
        return new TrainableModel(model, block, archive, parameters, buffers(block, archive, model.getNDManager()));
    }

    private static List<ModelParameter> parameters(PtSymbolBlock block) {
        List<Pair<String, Parameter>> found = new ArrayList<>();
        block.getDirectParameters().forEach(found::add);
        return found.stream()
                .map(p -> {
                    NDArray array = p.getValue().getArray();
                    List<Long> shape =
                            Arrays.stream(array.getShape().getShape()).boxed().toList();
                    return new ModelParameter(p.getKey(), shape, array);
                })
                .toList();
    }

    private static List<ModelBuffer> buffers(PtSymbolBlock block, ModuleArchive archive, NDManager manager) {
        return ModuleBuffers.of(block, manager, archive.buffers()).stream()
                .map(array -> new ModelBuffer(array.getName(), array))
                .toList();
    }

    private static String verifiedDigest(ModelConfig config, Path file) throws UnreadableModelException {
        String found;
        try {
            found = Sha256.hex(file);
        } catch (IOException e) {
            throw new UnreadableModelException(
                    file.toString(),
                    "it can't be read: " + e,
                    "point finecomb.model.uri at a module saved by torch.jit.save, readable by this process",
                    e);
        }
        if (config.sha256().isPresent() && !config.sha256().get().equalsIgnoreCase(found)) {
            throw new UnreadableModelException(
                    file.toString(),
                    "its SHA-256 is " + found + ", finecomb.model.sha256 says "
                            + config.sha256().get(),
                    "fetch the right file, or correct finecomb.model.sha256");
        }
        return found;
    }

    static Device device(ModelConfig.Device device) throws UnreadableModelException {
        int gpus = EngineFacts.engine().getGpuCount();
        return switch (device) {
            case CPU -> Device.cpu();
            case AUTO -> gpus > 0 ? Device.gpu() : Device.cpu();
            case GPU -> {
                if (gpus == 0) {
                    throw new UnreadableModelException(
                            "finecomb.model.device",
                            "it says gpu, and the engine sees none",
                            "set it to cpu or auto, or give the process a GPU and a CUDA build of libtorch by "
                                    + "PYTORCH_LIBRARY_PATH");
                }
                yield Device.gpu();
            }
        };
    }

    private static String version() {
        return Engine.getEngine(ENGINE).getVersion();
    }

    private static String firstLine(Throwable e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
