package dev.finecomb.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.Golden;
import dev.finecomb.protocol.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenMessagesTest {
    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void encodingGivesTheFrozenBytes(Sample sample) {
        assertThat(new String(sample.encoded(), StandardCharsets.UTF_8))
                .isEqualTo(new String(sample.goldenBytes(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void theFrozenBytesGiveTheMessage(Sample sample) throws MalformedMessageException {
        assertThat(sample.decoder().decode(sample.goldenBytes())).isEqualTo(sample.message());
    }

    @Test
    void anotherSpellingOfNumbersAndUnknownFieldsAreRead() throws MalformedMessageException {
        assertThat(StepMetrics.decode(Golden.bytes("messages/step-metrics-python-floats.json")))
                .isEqualTo(Sample.stepMetrics(1e-5, OptionalDouble.of(0.90625)));
    }

    @Test
    void thePointerDigestsTheManifestsBytes() throws MalformedMessageException {
        String golden = new String(Golden.bytes("messages/checkpoint-pointer.txt"), StandardCharsets.US_ASCII);

        assertThat(Sample.checkpointManifest().pointer().format()).isEqualTo(golden);
        assertThat(CheckpointPointer.parse(golden))
                .isEqualTo(Sample.checkpointManifest().pointer());
    }
}
