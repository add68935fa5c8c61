package dev.finecomb.ingest;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.message.Command;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the commands topic says.
 *
 * @param topicId identity of the topic that the offset belongs to
 * @param offset of the record
 */
public record CommandRecord(String topicId, long offset, Content content) {
    /** Longest value that is looked into: an order is a few hundred bytes. */
    public static final int MAX_BYTES = 64 << 10;

    /** An order, or something else. */
    public sealed interface Content {}

    /** An order. */
    public record Order(Command command) implements Content {}

    /**
     * No order.
     *
     * @param name what an answer calls it: the record's key, or its coordinates if the key is no text
     * @param reason what was expected where, and what was found
     */
    public record Malformed(String name, String reason) implements Content {}

    static CommandRecord of(String topicId, ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        return new CommandRecord(topicId, record.offset(), content(record));
    }

    private static Content content(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        byte[] value = record.value();
        try {
            if (value == null) {
                throw new MalformedMessageException("(value)", "a JSON object", "no value");
            }
            if (value.length > MAX_BYTES) {
                throw new MalformedMessageException(
                        "(value)", "at most " + MAX_BYTES + " bytes", value.length + " bytes");
            }
            return new Order(Command.decode(value));
        } catch (MalformedMessageException e) {
            return new Malformed(name(record), String.valueOf(e.getMessage()));
        }
    }

    private static String name(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        byte[] key = record.key();
        if (key != null) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(key))
                        .toString();
                return Require.text("key", text, Command.MAX_ID_LENGTH);
            } catch (CharacterCodingException | InvalidValueException unusable) {
                // Its coordinates name it as well.
            }
        }
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
