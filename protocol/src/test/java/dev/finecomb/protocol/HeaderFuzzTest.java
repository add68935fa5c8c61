package dev.finecomb.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.fuzz.Decoder;
import dev.finecomb.fuzz.Fuzzer;
import dev.finecomb.fuzz.Mutator;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Damaged headers are refused or say something that comes back equal when it is written again. */
class HeaderFuzzTest {
    private static final Origin ORIGIN = new Origin("digits", "2f1c9a4e", 42);
    private static final List<byte[]> WORDS = Mutator.bytes(
            "ce_id",
            "ce_time=1970-01-01T00:00:00.000000001-18:00\n",
            "digits/2f1c9a4e/42/mask/7",
            "dev.finecomb.mask.v1",
            "fc-step=",
            "\ud83d\udc0d".repeat(1200));

    @Test
    void cloudEvents() throws Exception {
        Fuzzer fuzzer = new Fuzzer("cloud-event", 4);
        RecordHeaders mask = new RecordHeaders();
        new CloudEvent(ORIGIN, MessageKind.MASK, 7, Instant.parse("2026-01-31T12:00:00Z")).writeTo(mask);
        RecordHeaders event = new RecordHeaders();
        new CloudEvent(ORIGIN, MessageKind.EVENT, 0, Instant.EPOCH).writeTo(event);
        List<byte[]> corpus = List.of(text(mask), text(event));

        long accepted = fuzzer.run(
                Decoder.of(MalformedMessageException.class, value -> CloudEvent.readFrom(headers(value)), message -> {
                    RecordHeaders written = new RecordHeaders();
                    message.writeTo(written);
                    return text(written);
                }),
                random -> new Mutator(random, WORDS).mutate(corpus));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }

    @Test
    void deadLetters() throws Exception {
        Fuzzer fuzzer = new Fuzzer("dead-letter", 4);
        RecordHeaders headers = new RecordHeaders();
        new DeadLetter(new TopicPartition("a.b.batches", 3), 99, ORIGIN, "SHAPE", "a.B", "it's \u20ac wrong")
                .addTo(headers);
        List<byte[]> corpus = List.of(text(headers));

        long accepted = fuzzer.run(
                Decoder.of(MalformedMessageException.class, value -> DeadLetter.readFrom(headers(value)), letter -> {
                    RecordHeaders written = new RecordHeaders();
                    letter.addTo(written);
                    return text(written);
                }),
                random -> new Mutator(random, WORDS).mutate(corpus));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }

    /** A line each; the value is escaped as little as lines need. */
    private static byte[] text(Headers headers) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (Header header : headers) {
            text.writeBytes(header.key().getBytes(ISO_8859_1));
            text.write('=');
            text.writeBytes(new String(header.value(), ISO_8859_1)
                    .replace("\\", "\\\\")
                    .replace("\n", "\\n")
                    .getBytes(ISO_8859_1));
            text.write('\n');
        }
        return text.toByteArray();
    }

    /** A line without {@code =} is a header without a value. */
    private static Headers headers(byte[] text) {
        RecordHeaders headers = new RecordHeaders();
        for (String line : new String(text, ISO_8859_1).split("\n", -1)) {
            int at = line.indexOf('=');
            String value = line.substring(at + 1).replace("\\n", "\n").replace("\\\\", "\\");
            headers.add(at < 0 ? line : line.substring(0, at), at < 0 ? null : value.getBytes(ISO_8859_1));
        }
        return headers;
    }
}
