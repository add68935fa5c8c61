package dev.finecomb.config;

import java.util.Map;

/**
 * Settings from one place.
 *
 * @param origin where they stand, as a reader would look for it: a file's name, {@code environment}, {@code command
 * line}
 * @param naming how their names are written
 * @param values nested or flat; names that don't begin with {@code finecomb} are not looked at
 */
public record ConfigSource(String origin, Naming naming, Map<String, Object> values) {

    /** How a source writes names. */
    public enum Naming {
        /** {@code finecomb.kafka.bootstrap-servers}; camel case and underscores are understood too. */
        PROPERTIES,
        /** {@code FINECOMB_KAFKA_BOOTSTRAP_SERVERS}. */
        ENVIRONMENT
    }
}
