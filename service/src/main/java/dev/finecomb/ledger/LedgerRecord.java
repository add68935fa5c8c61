package dev.finecomb.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * One committed record as it was read.
 *
 * @param source topic and partition
 * @param offset where in it
 * @param key empty for a record without
 * @param value empty for a record that retires its key
 */
record LedgerRecord(TopicPartition source, long offset, Optional<byte[]> key, Optional<byte[]> value, Headers headers) {

    static LedgerRecord of(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        return new LedgerRecord(
                new TopicPartition(record.topic(), record.partition()),
                record.offset(),
                Optional.ofNullable(record.key()),
                Optional.ofNullable(record.value()),
                record.headers());
    }

    boolean hasKey(String text) {
        return key.isPresent() && Arrays.equals(key.get(), text.getBytes(StandardCharsets.UTF_8));
    }

    String keyText() {
        return key.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
    }

    /** Topic, partition and offset, for a reader. */
    String where() {
        return where(source, offset);
    }

    static String where(TopicPartition source, long offset) {
        return source + "@" + offset;
    }
}
