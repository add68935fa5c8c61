package dev.finecomb.publish;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.protocol.Topics;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How one topic is made.
 *
 * @param name its name
 * @param partitions how many it gets
 * @param replicas brokers that keep each partition; empty for the broker's own default
 * @param settings its settings, sorted by name
 */
public record TopicPlan(String name, int partitions, OptionalInt replicas, SortedMap<String, String> settings) {
    /** Copies the settings. */
    public TopicPlan {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /** The plans of all topics of a job, none of which exists yet, in the protocol's order. */
    public static List<TopicPlan> of(Topics topics, IngestConfig ingest, TopicLayout layout) {
        return TopicRule.of(topics, ingest, layout).stream()
                .map(rule -> rule.plan(layout))
                .toList();
    }

    /** The command of Kafka's own tools that makes the topic. */
    public String command(String bootstrapServers) {
        return "kafka-topics.sh --bootstrap-server " + bootstrapServers + " --create --topic " + name + " --partitions "
                + partitions
                + (replicas.isPresent() ? " --replication-factor " + replicas.getAsInt() : "")
                + settings.entrySet().stream().map(TopicPlan::option).collect(Collectors.joining());
    }

    private static String option(Map.Entry<String, String> setting) {
        return " --config " + setting.getKey() + "=" + setting.getValue();
    }
}
