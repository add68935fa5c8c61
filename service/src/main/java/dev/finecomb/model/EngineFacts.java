package dev.finecomb.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import dev.finecomb.config.ModelConfig;

/**
 * What the engine says of itself once it is loaded.
 *
 * @param version libtorch's
 * @param gpus how many it sees
 * @param device where a model of the asked-for kind would train, {@code cpu} or {@code gpu 0}
 */
public record EngineFacts(String version, int gpus, String device) {
    /**
     * Loads the engine as a start of the service does; what it reads from system properties must be set.
     *
     * @throws UnreadableModelException if it can't be loaded, or the device is not there
     */
    public static EngineFacts load(ModelConfig.Device wanted) throws UnreadableModelException {
        NativeSettings.apply(System.getenv());
        Engine engine = engine();
        Device device = ModelLoader.device(wanted);
        return new EngineFacts(
                engine.getVersion(), engine.getGpuCount(), device.isGpu() ? "gpu " + device.getDeviceId() : "cpu");
    }

    /**
     * The engine, loaded at the first call.
     *
     * @throws UnreadableModelException if its native libraries can't be loaded; says which and what helps
     */
    static Engine engine() throws UnreadableModelException {
        try {
            return Engine.getEngine(ModelLoader.ENGINE);
        } catch (EngineException | LinkageError e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new UnreadableModelException("libtorch", "it can't be loaded: " + root, remedy(root), e);
        }
    }

    private static String remedy(Throwable root) {
        if (String.valueOf(root.getMessage()).contains("libcuda.so")) {
            return "this libtorch is for CUDA and finds no NVIDIA driver: start the container with a GPU (--gpus all, or gpu.enabled"
                    + " and runtimeClassName in the chart), or take the image for CPUs";
        }
        return "make room in ~/.djl.ai, or move it by DJL_CACHE_DIR; libtorch needs Linux on x86-64 with glibc and"
                + " libgomp; a PYTORCH_LIBRARY_PATH must hold libtorch 2.7.1";
    }
}
