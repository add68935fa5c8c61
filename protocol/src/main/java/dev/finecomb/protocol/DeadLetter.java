package dev.finecomb.protocol;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/**
 * The headers that a refused record gains on its way to the dead letters, under the names that Kafka Connect uses. Key, value
 * and all headers that the record already had stay as they were, its own {@code ce_} headers too: a dead letter is still its
 * sender's message.
 *
 * @param partition where the record was read
 * @param offset where in that partition
 * @param origin job, incarnation and step that was due when the record was refused
 * @param reason name from the closed list of reasons, for example {@code SHAPE}
 * @param refusedBy class name of what refused it
 * @param detail why, in words for a reader
 */
public record DeadLetter(
        TopicPartition partition, long offset, Origin origin, String reason, String refusedBy, String detail) {
    private static final int MAX_NAME = 200;
    private static final int MAX_DETAIL = 2000;

    /** Refuses negative offsets and empty names; a longer detail is cut, for it may quote what it complains about. */
    public DeadLetter {
        Require.atLeast("offset", offset, 0);
        Require.text("reason", reason, MAX_NAME);
        Require.text("refusedBy", refusedBy, MAX_NAME);
        detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, wholeCharacters(detail, MAX_DETAIL));
    }

    /** At most {@code most}, one less where that would cut a surrogate pair in two. */
    private static int wholeCharacters(String text, int most) {
        return Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    }

    /** Adds the headers behind those that the record already has; of two with one name readers take the last. */
    public void addTo(Headers headers) {
        TextHeaders.append(headers, HeaderNames.ERROR_TOPIC, partition.topic());
        TextHeaders.append(headers, HeaderNames.ERROR_PARTITION, Integer.toString(partition.partition()));
        TextHeaders.append(headers, HeaderNames.ERROR_OFFSET, Long.toString(offset));
        TextHeaders.append(headers, HeaderNames.ERROR_CLASS, refusedBy);
        TextHeaders.append(headers, HeaderNames.ERROR_MESSAGE, detail);
        TextHeaders.append(headers, HeaderNames.REASON, reason);
        TextHeaders.append(headers, HeaderNames.JOB, origin.job());
        TextHeaders.append(headers, HeaderNames.INCARNATION, origin.incarnation());
        TextHeaders.append(headers, HeaderNames.STEP, Long.toString(origin.step()));
    }

    /** Reads the headers back. */
    public static DeadLetter readFrom(Headers headers) throws MalformedMessageException {
        TextHeaders reader = new TextHeaders(headers);
        long partition = reader.whole(HeaderNames.ERROR_PARTITION);
        if (partition < 0 || partition > Integer.MAX_VALUE) {
            throw new MalformedMessageException(
                    HeaderNames.ERROR_PARTITION, "a partition's number", Long.toString(partition));
        }
        TopicPartition source = new TopicPartition(reader.text(HeaderNames.ERROR_TOPIC), (int) partition);
        long offset = reader.whole(HeaderNames.ERROR_OFFSET);
        Origin origin = reader.origin();
        String reason = reader.text(HeaderNames.REASON);
        String refusedBy = reader.text(HeaderNames.ERROR_CLASS);
        String detail = reader.text(HeaderNames.ERROR_MESSAGE);
        try {
            return new DeadLetter(source, offset, origin, reason, refusedBy, detail);
        } catch (InvalidValueException refused) {
            throw MalformedMessageException.at("dead letter ", refused);
        }
    }
}
