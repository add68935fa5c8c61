package dev.finecomb.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Text headers, written as UTF-8 and read strictly. Of several headers of one name the last counts, as everywhere in Kafka. */
final class TextHeaders {
    private final Headers headers;

    TextHeaders(Headers headers) {
        this.headers = headers;
    }

    /** Writes the one header, replacing earlier ones of its name. */
    static void put(Headers headers, String name, String value) {
        headers.remove(name);
        append(headers, name, value);
    }

    /** Writes one more header, whatever is there of its name. */
    static void append(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    String text(String name) throws MalformedMessageException {
        Header header = headers.lastHeader(name);
        byte[] value = header == null ? null : header.value();
        if (value == null) {
            throw new MalformedMessageException(name, "a header", "none");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new MalformedMessageException(name, "UTF-8 text", value.length + " other bytes");
        }
    }

    String exactly(String name, String expected) throws MalformedMessageException {
        String found = text(name);
        if (!found.equals(expected)) {
            throw new MalformedMessageException(name, Require.quote(expected), Require.quote(found));
        }
        return found;
    }

    long whole(String name) throws MalformedMessageException {
        String found = text(name);
        try {
            return Long.parseLong(found);
        } catch (NumberFormatException notANumber) {
            throw new MalformedMessageException(name, "a whole number", Require.quote(found));
        }
    }

    Instant time(String name) throws MalformedMessageException {
        String found = text(name);
        try {
            return Instant.parse(found);
        } catch (DateTimeException notATime) {
            throw new MalformedMessageException(name, "a time such as 2026-01-31T12:00:00Z", Require.quote(found));
        }
    }

    Origin origin() throws MalformedMessageException {
        String job = text(HeaderNames.JOB);
        String incarnation = text(HeaderNames.INCARNATION);
        long step = whole(HeaderNames.STEP);
        try {
            return new Origin(job, incarnation, step);
        } catch (InvalidValueException refused) {
            throw MalformedMessageException.at("fc-", refused);
        }
    }

    static void putOrigin(Headers headers, Origin origin) {
        put(headers, HeaderNames.JOB, origin.job());
        put(headers, HeaderNames.INCARNATION, origin.incarnation());
        put(headers, HeaderNames.STEP, Long.toString(origin.step()));
    }
}
