package dev.finecomb.publish;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.protocol.TopicSpec;
import dev.finecomb.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What one topic must be like for its data to be safe in it, and how it is made.
 *
 * @param spec name, partitions and cleanup
 * @param order how many partitions its records may be spread over
 * @param needsMessageBytes a smaller {@code max.message.bytes} could refuse a record that has to get in
 * @param createMessageBytes {@code max.message.bytes} of a topic that is created
 * @param holdsAllOf topic whose every record may have to get in too, or empty
 */
record TopicRule(
        TopicSpec spec, Order order, int needsMessageBytes, int createMessageBytes, Optional<String> holdsAllOf) {
    /** How many partitions the records of a topic may be spread over. */
    enum Order {
        /** Exactly one: whoever reads them needs them in one order. */
        ONE,
        /** Any number: the job merges them into one order itself. */
        MERGED
    }

    /** Outputs are cut to fit into it: a mask chunk has at most 900 KiB. */
    private static final int OUTPUT_BYTES = 1 << 20;

    /** Room for keys, headers and framing beside a value; a dead letter adds some 10 KiB of headers at most. */
    private static final int FRAMING_BYTES = 64 << 10;

    /**
     * The newest segment is never compacted, and read by all who begin at the topic's beginning: mask subscribers and the
     * job's own start. By Kafka's default it has 1 GiB.
     */
    private static final int COMPACTED_SEGMENT_BYTES = 64 << 20;

    static List<TopicRule> of(Topics topics, IngestConfig ingest, TopicLayout layout) {
        int input =
                Math.clamp(ingest.maxRecordBytes() + FRAMING_BYTES, OUTPUT_BYTES, Integer.MAX_VALUE - FRAMING_BYTES);
        return topics.specs().stream()
                .map(spec -> {
                    if (spec.name().equals(topics.batches())) {
                        var wide = new TopicSpec(spec.name(), layout.batchPartitions(), spec.cleanup());
                        return new TopicRule(wide, Order.MERGED, 0, input, Optional.empty());
                    }
                    return spec.name().equals(topics.deadLetters())
                            ? new TopicRule(
                                    spec, Order.ONE, input, input + FRAMING_BYTES, Optional.of(topics.batches()))
                            : new TopicRule(
                                    spec, Order.ONE, OUTPUT_BYTES, OUTPUT_BYTES + FRAMING_BYTES, Optional.empty());
                })
                .toList();
    }

    /**
     * The rule beside the topics that exist: what holds all of another topic needs that one's limit, and room for what is
     * added to each record.
     */
    TopicRule beside(Map<String, ExistingTopic> existing) {
        if (holdsAllOf.isEmpty()) {
            return this;
        }
        ExistingTopic source = existing.get(holdsAllOf.get());
        long needed = source == null
                ? createMessageBytes
                : Math.max(needsMessageBytes, source.maxMessageBytes() + FRAMING_BYTES);
        int bytes = Math.clamp(needed, 0, Integer.MAX_VALUE);
        return new TopicRule(spec, order, bytes, Math.max(createMessageBytes, bytes), holdsAllOf);
    }

    String name() {
        return spec.name();
    }

    int partitions() {
        return spec.partitions();
    }

    /** How the topic is made. */
    TopicPlan plan(TopicLayout layout) {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, spec.cleanup().policy());
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(createMessageBytes));
        switch (spec.cleanup()) {
            case TopicSpec.Delete(var retention) ->
                settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
            case TopicSpec.Compact() ->
                settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(COMPACTED_SEGMENT_BYTES));
        }
        return new TopicPlan(name(), partitions(), layout.replicas(), settings);
    }

    /** The complaint about a topic that is not there. */
    static String missing(TopicPlan plan, String bootstrapServers) {
        return "topic " + plan.name() + " does not exist; set finecomb.kafka.create-topics: true or create it: "
                + plan.command(bootstrapServers);
    }

    /** What is wrong with the topic, nothing if it does not exist. */
    List<String> problems(Map<String, ExistingTopic> existing) {
        ExistingTopic topic = existing.get(name());
        if (topic == null) {
            return List.of();
        }
        List<String> problems = new ArrayList<>();
        if (order == Order.ONE && topic.partitions() != partitions()) {
            problems.add("topic " + name() + " has " + topic.partitions()
                    + " partitions, but its records need one order:" + " create it anew with " + partitions());
        }
        if (!topic.cleanup().equals(Set.of(spec.cleanup().policy()))) {
            problems.add("topic " + name() + " has cleanup.policy=" + topic.cleanupPolicy()
                    + ", which loses records that are needed: "
                    + alter("cleanup.policy=" + spec.cleanup().policy()));
        }
        if (topic.maxMessageBytes() < needsMessageBytes) {
            problems.add("topic " + name() + " has max.message.bytes=" + topic.maxMessageBytes()
                    + ", too small for records of up to " + needsMessageBytes + " bytes: "
                    + alter("max.message.bytes=" + needsMessageBytes));
        }
        return problems;
    }

    /** What of the topic is put up with although it is unlike the plan; nothing if it does not exist. */
    List<String> advice(Map<String, ExistingTopic> existing) {
        ExistingTopic topic = existing.get(name());
        return topic != null
                        && spec.cleanup() instanceof TopicSpec.Delete(var retention)
                        && topic.forgetsWithin(retention)
                ? List.of("topic " + name() + " keeps records for " + topic.retentionMillis() + " ms, less than the "
                        + retention.toDays() + " days it is made with: "
                        + alter("retention.ms=" + retention.toMillis()))
                : List.of();
    }

    private String alter(String setting) {
        return "kafka-configs.sh --alter --entity-type topics --entity-name " + name() + " --add-config " + setting;
    }
}
