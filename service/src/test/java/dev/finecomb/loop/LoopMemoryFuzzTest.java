package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.fuzz.Decoder;
import dev.finecomb.fuzz.Fuzzer;
import dev.finecomb.fuzz.Mutator;
import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.ingest.SampleKind;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.publish.EventNumbers;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** A damaged job.json is refused, or is a memory that comes back equal when it is written again. */
class LoopMemoryFuzzTest {
    private static final List<byte[]> WORDS = Mutator.bytes(
            "format", "step", "prequential", "numbers", "next", "standing", "announced", "\"step\":null,");

    @Test
    void memories() throws Exception {
        LoopMemory blank = LoopMemory.blank();
        LoopMemory lived = new LoopMemory(
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
                                        List.of(new IntakeMemory.Place(0, 1L << 40)),
                                        List.of(new IntakeMemory.Place(2, 7))),
                                List.of(new SampleKind("x", DType.F32, List.of(28L, 28L)))),
                        "Aw=="),
                new LoopMemory.Orders("Uv", 17, 0.25, true, List.of(LoopMemory.Answered.applied("a", 3))));
        List<byte[]> corpus = List.of(lived.encode(), blank.encode());
        Fuzzer fuzzer = new Fuzzer("job-memory", 3);

        long accepted = fuzzer.run(
                Decoder.of(IllegalArgumentException.class, LoopMemory::decode, LoopMemory::encode),
                random -> new Mutator(random, WORDS).mutate(corpus));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }
}
