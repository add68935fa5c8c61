package dev.finecomb.protocol;

import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;

/**
 * The headers of an output record: CloudEvents 1.0 in Kafka's binary content mode, and the {@code fc-} headers that let a
 * reader filter without parsing an identifier.
 *
 * @param origin job, incarnation and step of the record
 * @param kind what the value is
 * @param number which record of that kind in that step, from 0; makes {@link #id()} unique
 * @param time when the record was made
 */
public record CloudEvent(Origin origin, MessageKind kind, long number, Instant time) {
    private static final String SPEC_VERSION = "1.0";
    private static final String SOURCE_PREFIX = "urn:finecomb:job:";

    /** Refuses negative numbers with an {@link InvalidValueException}. */
    public CloudEvent {
        Require.atLeast("number", number, 0);
    }

    /** The record's identity: repeats of one record, and only they, share it. */
    public String id() {
        return origin.job() + '/' + origin.incarnation() + '/' + origin.step() + '/' + kind.wireName() + '/' + number;
    }

    /** Value of {@code ce_source}. */
    public String source() {
        return SOURCE_PREFIX + origin.job();
    }

    /** Writes all headers, replacing any of the same names. */
    public void writeTo(Headers headers) {
        TextHeaders.put(headers, HeaderNames.SPEC_VERSION, SPEC_VERSION);
        TextHeaders.put(headers, HeaderNames.ID, id());
        TextHeaders.put(headers, HeaderNames.TYPE, kind.eventType());
        TextHeaders.put(headers, HeaderNames.SOURCE, source());
        TextHeaders.put(headers, HeaderNames.TIME, time.toString());
        TextHeaders.put(headers, HeaderNames.CONTENT_TYPE, kind.contentType().mediaType());
        TextHeaders.putOrigin(headers, origin);
    }

    /** Reads the headers back; missing, mistyped or contradicting ones are refused, unknown ones ignored. */
    public static CloudEvent readFrom(Headers headers) throws MalformedMessageException {
        TextHeaders reader = new TextHeaders(headers);
        reader.exactly(HeaderNames.SPEC_VERSION, SPEC_VERSION);
        MessageKind kind = kindOf(reader.text(HeaderNames.TYPE));
        reader.exactly(HeaderNames.CONTENT_TYPE, kind.contentType().mediaType());
        String id = reader.text(HeaderNames.ID);
        CloudEvent event = new CloudEvent(reader.origin(), kind, numberOf(id), reader.time(HeaderNames.TIME));
        reader.exactly(HeaderNames.ID, event.id());
        reader.exactly(HeaderNames.SOURCE, event.source());
        return event;
    }

    private static MessageKind kindOf(String type) throws MalformedMessageException {
        for (MessageKind kind : MessageKind.values()) {
            if (kind.eventType().equals(type)) {
                return kind;
            }
        }
        String known =
                Arrays.stream(MessageKind.values()).map(MessageKind::eventType).collect(Collectors.joining(", "));
        throw new MalformedMessageException(HeaderNames.TYPE, "one of " + known, Require.quote(type));
    }

    private static long numberOf(String id) throws MalformedMessageException {
        String last = id.substring(id.lastIndexOf('/') + 1);
        try {
            return Math.max(0, Long.parseLong(last));
        } catch (NumberFormatException notANumber) {
            throw new MalformedMessageException(
                    HeaderNames.ID, "<job>/<incarnation>/<step>/<kind>/<n>", Require.quote(id));
        }
    }
}
