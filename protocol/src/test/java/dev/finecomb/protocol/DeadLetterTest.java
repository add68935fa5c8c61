package dev.finecomb.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static final DeadLetter LETTER = new DeadLetter(
            new TopicPartition("finecomb.digits.batches", 1),
            99,
            new Origin("digits", "2f1c9a4e", 42),
            "SHAPE",
            "dev.finecomb.protocol.batch.BatchDecoder",
            "x has 3 samples, y has 4");

    @Test
    void keepsEveryHeaderOfTheSender() throws MalformedMessageException {
        Headers headers = new RecordHeaders();
        headers.add("ce_id", "the sender's".getBytes(StandardCharsets.UTF_8));
        headers.add("fc-reason", "from an earlier life".getBytes(StandardCharsets.UTF_8));
        headers.add("binary", new byte[] {0, -1});
        Header[] before = headers.toArray();

        LETTER.addTo(headers);

        assertThat(Arrays.copyOf(headers.toArray(), before.length)).containsExactly(before);
        assertThat(DeadLetter.readFrom(headers)).isEqualTo(LETTER);
    }

    @Test
    void usesTheNamesOfKafkaConnect() {
        Headers headers = new RecordHeaders();
        LETTER.addTo(headers);

        assertThat(headers.toArray())
                .extracting(header -> header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .containsExactly(
                        "__connect.errors.topic=finecomb.digits.batches",
                        "__connect.errors.partition=1",
                        "__connect.errors.offset=99",
                        "__connect.errors.exception.class.name=dev.finecomb.protocol.batch.BatchDecoder",
                        "__connect.errors.exception.message=x has 3 samples, y has 4",
                        "fc-reason=SHAPE",
                        "fc-job=digits",
                        "fc-incarnation=2f1c9a4e",
                        "fc-step=42");
    }

    @Test
    void aRecordThatIsNoDeadLetterIsRefused() {
        Headers headers = new RecordHeaders();
        LETTER.addTo(headers);
        headers.remove(HeaderNames.ERROR_OFFSET);

        assertThatThrownBy(() -> DeadLetter.readFrom(headers))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("__connect.errors.offset: expected a header, found none");
        headers.add(HeaderNames.ERROR_OFFSET, "-1".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> DeadLetter.readFrom(headers)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void aLongDetailIsCut() {
        DeadLetter letter = new DeadLetter(
                LETTER.partition(), 0, LETTER.origin(), "SHAPE", LETTER.refusedBy(), "x".repeat(100_000));

        assertThat(letter.detail()).hasSize(2000);
    }

    @Test
    void theCutLeavesNoHalfCharacter() throws MalformedMessageException {
        DeadLetter letter = new DeadLetter(
                LETTER.partition(), 0, LETTER.origin(), "SHAPE", LETTER.refusedBy(), "x" + "\ud83d\udc0d".repeat(1000));
        Headers headers = new RecordHeaders();
        letter.addTo(headers);

        assertThat(letter.detail()).hasSize(1999);
        assertThat(DeadLetter.readFrom(headers)).isEqualTo(letter);
    }
}
