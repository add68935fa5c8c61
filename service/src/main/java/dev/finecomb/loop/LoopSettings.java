package dev.finecomb.loop;

import dev.finecomb.config.CheckpointConfig;
import dev.finecomb.config.ExportConfig.WhenFinished;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.protocol.mask.Pattern;
import java.util.OptionalLong;

/**
 * The settings that the loop itself goes by.
 *
 * @param plannedSteps the step after which the model is exported
 * @param exportEvery steps between two exports when training goes on
 * @param input what is read and refused
 */
public record LoopSettings(
        Pattern pattern,
        CheckpointConfig checkpoint,
        long plannedSteps,
        WhenFinished whenFinished,
        OptionalLong exportEvery,
        Input input) {

    /**
     * What is read and refused.
     *
     * @param intake how records become steps
     * @param maxRejectRatio share of rejects among the last 1000 records above which the job stops, 0 to 1
     */
    public record Input(IntakeRules intake, double maxRejectRatio) {}

    /** The loop's share of a configuration. */
    public static LoopSettings of(FinecombConfig config) {
        return new LoopSettings(
                Pattern.parse(config.sparsity().pattern()),
                config.checkpoint(),
                config.sparsity().removalEnd() + config.sparsity().settleSteps(),
                config.export().whenFinished(),
                config.export().everySteps(),
                new Input(IntakeRules.of(config), config.ingest().maxRejectRatio()));
    }
}
