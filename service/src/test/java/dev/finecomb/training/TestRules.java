package dev.finecomb.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.finecomb.TestConfig;
import dev.finecomb.config.FinecombConfig;
import java.util.Map;

/** Rules from settings as a job's are made; without input normalization they hold no native memory. */
final class TestRules {
    private TestRules() {}

    static TrainingRules of(Map<String, Object> settings) {
        FinecombConfig config = TestConfig.of(settings);
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
            return TrainingRules.of(config.training(), config.model(), manager);
        }
    }
}
