package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.Origin;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLettersReplayCommandTest {
    @Test
    void theHeadersOfTheRefusalGoAndTheSendersOwnStay() {
        var sent = new RecordHeaders();
        sent.add("content-type", bytes("application/json"));
        // The sender's own, by chance of the same name.
        sent.add("fc-reason", bytes("because"));
        var headers = new RecordHeaders(sent.toArray());
        new DeadLetter(
                        new TopicPartition("finecomb.digits.batches", 0),
                        17,
                        new Origin("digits", "i1", 3),
                        "SHAPE",
                        "dev.finecomb.Any",
                        "too wide")
                .addTo(headers);
        assertThat(headers.toArray()).hasSize(11);
        assertThat(DeadLettersReplayCommand.original(headers)).isEqualTo(sent);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
