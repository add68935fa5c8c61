package dev.finecomb.ingest;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.IngestConfig.Merge;
import java.util.OptionalInt;

/**
 * How records become the steps' samples.
 *
 * @param batchSize samples of one step; empty when one record is one step
 * @param merge in which order several partitions are read
 */
public record IntakeRules(OptionalInt batchSize, Merge merge) {
    /** One record is one step. */
    public static final IntakeRules RECORD_BY_RECORD = new IntakeRules(OptionalInt.empty(), Merge.ORDERED);

    /** The intake's share of a configuration. */
    public static IntakeRules of(FinecombConfig config) {
        return new IntakeRules(config.training().batchSize(), config.ingest().merge());
    }
}
