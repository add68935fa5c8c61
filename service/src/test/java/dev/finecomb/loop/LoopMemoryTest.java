package dev.finecomb.loop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.ingest.SampleKind;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.publish.EventNumbers;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class LoopMemoryTest {

    @Test
    void comesBackAsItWas() throws Exception {
        var memory = new LoopMemory(
                LoopMemory.FORMAT,
                new LoopMemory.Progress(7, 448),
                List.of(PrequentialWindow.Measured.of(64, 0.25, OptionalDouble.of(0.5))),
                new EventNumbers(7, Map.of("event", 2L, "mask", 5L)),
                List.of(new LoopMemory.Announced(6, "file:///export/", "ab")),
                new LoopMemory.Standing(
                        true,
                        new IntakeMemory(
                                "Xy",
                                2,
                                List.of(new IntakeMemory.Cursor(2, 7, 54)),
                                new IntakeMemory.ReadAhead(
                                        List.of(new IntakeMemory.Place(0, 1L << 40), new IntakeMemory.Place(2, 9)),
                                        List.of(new IntakeMemory.Place(2, 7))),
                                List.of(new SampleKind("x", DType.F32, List.of(28L, 28L)))),
                        "Aw=="),
                new LoopMemory.Orders(
                        "Uv",
                        17,
                        0.25,
                        true,
                        List.of(
                                LoopMemory.Answered.applied("a", 3),
                                new LoopMemory.Answered("b", 4, "expired at 2026-01-31T12:00:00Z"))));

        assertThat(LoopMemory.decode(memory.encode())).isEqualTo(memory);
        assertThat(LoopMemory.decode(LoopMemory.blank().encode())).isEqualTo(LoopMemory.blank());
    }

    @Test
    void anotherFormatIsNamed() {
        byte[] newer = new String(LoopMemory.blank().encode(), UTF_8)
                .replace("\"format\":1", "\"format\":2")
                .getBytes(UTF_8);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoopMemory.decode(newer))
                .withMessageContaining("format 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoopMemory.decode("no json".getBytes(UTF_8)))
                .withMessageContaining("job.json");
    }
}
