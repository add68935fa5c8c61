package dev.finecomb.config;

import java.util.Map;

/** The defaults that depend on other settings. They are computed only where the settings they come from are good. */
final class DerivedDefaults {

    private DerivedDefaults() {}

    /** Adds what is absent to the parsed values. */
    static void complete(Map<String, Object> values) {
        if (values.get("finecomb.sparsity.removal-start") instanceof Long start
                && values.get("finecomb.sparsity.removal-end") instanceof Long end
                && end > start) {
            values.putIfAbsent("finecomb.sparsity.settle-steps", end - start);
        }
        if (values.get("finecomb.training.learning-rate.base") instanceof Double base) {
            values.putIfAbsent("finecomb.sparsity.score.learning-rate", base);
        }
    }
}
