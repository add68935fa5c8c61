package dev.finecomb.export;

import java.util.Collections;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a finished model comes from, for its manifest.
 *
 * @param job the job's name
 * @param incarnation the job's uninterrupted history
 * @param step optimizer steps behind the exported weights
 * @param modelSha256 digest of the pre-trained module's file
 * @param prequential what the job measured on batches before it learned from them
 * @param configuration every setting in effect, by property name; without secrets
 */
public record JobFacts(
        String job,
        String incarnation,
        long step,
        String modelSha256,
        Prequential prequential,
        SortedMap<String, String> configuration) {

    /**
     * Metrics over the job's sliding window.
     *
     * @param samples samples in the window
     * @param loss their mean loss; empty before the first
     * @param accuracy share of them that was classified right, 0 to 1; empty where nothing is classified
     */
    public record Prequential(long samples, OptionalDouble loss, OptionalDouble accuracy) {}

    /** Copies the map. */
    public JobFacts {
        configuration = Collections.unmodifiableSortedMap(new TreeMap<>(configuration));
    }
}
