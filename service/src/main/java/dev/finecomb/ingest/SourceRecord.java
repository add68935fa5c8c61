package dev.finecomb.ingest;

import dev.finecomb.protocol.HeaderNames;
import dev.finecomb.protocol.batch.RejectReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record as it lay in the input topic: coordinates and the bytes, untouched, so that it can be refused at any later
 * moment. The arrays are shared, not copied: a batch's tensors are views of the same value.
 */
public final class SourceRecord {
    private final String topic;
    private final int partition;
    private final long offset;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final List<Header> headers;

    private SourceRecord(ConsumerRecord<byte @Nullable [], byte @Nullable []> consumed) {
        this.topic = consumed.topic();
        this.partition = consumed.partition();
        this.offset = consumed.offset();
        this.key = consumed.key();
        this.value = consumed.value();
        this.headers = List.of(consumed.headers().toArray());
    }

    /** The record that a consumer read. */
    public static SourceRecord of(ConsumerRecord<byte @Nullable [], byte @Nullable []> consumed) {
        return new SourceRecord(consumed);
    }

    /** A record without key and headers, as fakes need it. */
    public static SourceRecord of(String topic, int partition, long offset, byte[] value) {
        return new SourceRecord(new ConsumerRecord<>(topic, partition, offset, null, value));
    }

    public String topic() {
        return topic;
    }

    public int partition() {
        return partition;
    }

    public long offset() {
        return offset;
    }

    public Optional<byte[]> key() {
        return Optional.ofNullable(key);
    }

    public Optional<byte[]> value() {
        return Optional.ofNullable(value);
    }

    /** All headers in their order, repeated names included. */
    public List<Header> headers() {
        return headers;
    }

    /** The last {@code content-type} header, empty text if there is none. */
    String contentType() {
        return headers.reversed().stream()
                .filter(header -> header.key().equals(HeaderNames.CONTENT_TYPE))
                .findFirst()
                .map(Header::value)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }

    /** Bytes of the value, 0 if there is none. */
    public int valueBytes() {
        return value == null ? 0 : value.length;
    }

    /** Bytes of key, value and headers. */
    public long bytes() {
        long sum = valueBytes() + (key == null ? 0L : key.length);
        for (Header header : headers) {
            byte[] bytes = header.value();
            sum += header.key().length() + (bytes == null ? 0L : bytes.length);
        }
        return sum;
    }

    /**
     * The refusal of this record.
     *
     * @param by what refuses it
     * @param detail one line: what is wrong and the remedy
     */
    public RejectedRecord rejected(Class<?> by, RejectReason reason, String detail) {
        return new RejectedRecord(this, reason, by.getName(), detail);
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
