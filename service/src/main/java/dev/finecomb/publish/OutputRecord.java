package dev.finecomb.publish;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** One record that waits to become visible. Immutable; its arrays are shared with whoever made it and never written. */
public final class OutputRecord {
    /** What a record costs beside its bytes: Kafka's framing and the objects that hold it here. */
    private static final long OVERHEAD_BYTES = 200;

    private final String topic;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final List<Header> headers;

    OutputRecord(String topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        this.topic = topic;
        this.key = key;
        this.value = value;
        this.headers = List.of(headers.toArray());
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public String topic() {
        return topic;
    }

    public Optional<byte[]> key() {
        return Optional.ofNullable(key);
    }

    /** Empty for a record that lets compaction drop its key. */
    public Optional<byte[]> value() {
        return Optional.ofNullable(value);
    }

    /** All headers in their order. */
    public List<Header> headers() {
        return headers;
    }

    /** An estimate of the memory it holds. */
    public long bytes() {
        long sum = OVERHEAD_BYTES + (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        for (Header header : headers) {
            byte[] bytes = header.value();
            sum += header.key().length() + (bytes == null ? 0 : bytes.length);
        }
        return sum;
    }

    /** A fresh record for one attempt: a producer seals the headers of the one it was given. */
    ProducerRecord<byte @Nullable [], byte @Nullable []> toProducerRecord() {
        return new ProducerRecord<>(topic, null, key, value, headers);
    }

    @Override
    public String toString() {
        return "record for " + topic + " of " + bytes() + " bytes";
    }
}
