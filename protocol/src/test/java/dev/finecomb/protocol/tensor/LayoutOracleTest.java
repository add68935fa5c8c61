package dev.finecomb.protocol.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random layouts against the plain meaning of "tile the data": every byte belongs to exactly one tensor. */
class LayoutOracleTest {
    private static final int CASES = 20_000;

    private record Span(int begin, int end) {}

    @Test
    void acceptsExactlyTheTilings() {
        int accepted = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Random random = new Random(seed);
            int dataBytes = random.nextInt(9);
            List<Span> spans = spans(random, dataBytes);

            boolean expected = tiles(spans, dataBytes);

            assertThat(reads(spans, dataBytes))
                    .as("seed %d: %s over %d", seed, spans, dataBytes)
                    .isEqualTo(expected);
            accepted += expected ? 1 : 0;
        }
        assertThat(accepted).isBetween(CASES / 10, CASES * 9 / 10); // both answers were really asked for
    }

    /** A tiling in random order, usually damaged at one end of one tensor. */
    private static List<Span> spans(Random random, int dataBytes) {
        List<Span> spans = new ArrayList<>();
        int begin = 0;
        while (begin < dataBytes) {
            int end = begin + random.nextInt(dataBytes - begin + 1);
            spans.add(new Span(begin, end));
            begin = end;
        }
        Collections.shuffle(spans, random);
        if (!spans.isEmpty() && random.nextInt(3) > 0) {
            int victim = random.nextInt(spans.size());
            Span old = spans.get(victim);
            int moved = Math.max(0, old.begin + random.nextInt(5) - 2);
            spans.set(victim, new Span(moved, moved + Math.max(0, old.end - old.begin + random.nextInt(3) - 1)));
        }
        return spans;
    }

    private static boolean tiles(List<Span> spans, int dataBytes) {
        int[] owners = new int[dataBytes + 20];
        for (Span span : spans) {
            for (int at = span.begin; at < span.end; at++) {
                owners[at]++;
            }
        }
        for (int at = 0; at < owners.length; at++) {
            if (owners[at] != (at < dataBytes ? 1 : 0)) {
                return false;
            }
        }
        // A tensor of no bytes owns none, but it may not stand inside another or beyond the end.
        return spans.stream()
                .filter(empty -> empty.begin == empty.end)
                .allMatch(empty -> empty.begin <= dataBytes
                        && spans.stream().noneMatch(other -> other.begin < empty.begin && empty.begin < other.end));
    }

    private static boolean reads(List<Span> spans, int dataBytes) {
        List<String> entries = new ArrayList<>();
        for (Span span : spans) {
            String shape = "[" + (span.end - span.begin) + "]";
            entries.add(RawValue.entry("t" + entries.size(), "U8", shape, span.begin, span.end));
        }
        byte[] value = RawValue.of("{" + String.join(",", entries) + "}", dataBytes);
        try {
            Safetensors.read(ByteBuffer.wrap(value), Limits.RECORD);
            return true;
        } catch (MalformedTensorsException e) {
            assertThat(e.reason()).isEqualTo(TensorFault.LAYOUT);
            return false;
        }
    }
}
