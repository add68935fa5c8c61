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
        try {
            Engine engine = Engine.getEngine(ModelLoader.ENGINE);
            Device device = ModelLoader.device(wanted);
            return new EngineFacts(
                    engine.getVersion(), engine.getGpuCount(), device.isGpu() ? "gpu " + device.getDeviceId() : "cpu");
        } catch (EngineException | LinkageError e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new UnreadableModelException(
                    "libtorch",
                    "it can't be loaded: " + root,
                    "make room in ~/.djl.ai, or move it by DJL_CACHE_DIR; libtorch needs Linux on x86-64 with glibc and"
                            + " libgomp; a PYTORCH_LIBRARY_PATH must hold libtorch 2.7.1",
                    e);
        }
    }
}
