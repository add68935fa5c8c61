package dev.finecomb.loop;

import dev.finecomb.config.CheckpointConfig;
import dev.finecomb.config.ExportConfig.WhenFinished;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.protocol.mask.Pattern;
import java.util.OptionalLong;

/**
 * The settings that the loop itself goes by.
 *
 * @param plannedSteps the step after which the model is exported
 * @param exportEvery steps between two exports when training goes on
 */
public record LoopSettings(
        Pattern pattern,
        CheckpointConfig checkpoint,
        long plannedSteps,
        WhenFinished whenFinished,
        OptionalLong exportEvery,
        double maxRejectRatio) {

    /** The loop's share of a configuration. */
    public static LoopSettings of(FinecombConfig config) {
        return new LoopSettings(
                Pattern.parse(config.sparsity().pattern()),
                config.checkpoint(),
                config.sparsity().removalEnd() + config.sparsity().settleSteps(),
                config.export().whenFinished(),
                config.export().everySteps(),
                config.ingest().maxRejectRatio());
    }
}
