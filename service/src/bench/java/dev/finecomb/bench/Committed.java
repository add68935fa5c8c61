package dev.finecomb.bench;

import dev.finecomb.protocol.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A committed record of a job's outputs: its value, the step and the moment that its headers name, which is when the training
 * thread noted it.
 */
record Committed(long step, Instant time, String value) {
    /** All of a topic of one partition, in order. */
    static List<Committed> of(Job job, String topic) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", job.bootstrapServers(), "isolation.level", "read_committed");
        var partition = new TopicPartition(topic, 0);
        List<Committed> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    found.add(new Committed(
                            Long.parseLong(text(record.headers(), HeaderNames.STEP)),
                            Instant.parse(text(record.headers(), HeaderNames.TIME)),
                            new String(record.value(), StandardCharsets.UTF_8)));
                }
            }
        }
        return found;
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
