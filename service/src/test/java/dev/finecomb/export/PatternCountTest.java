package dev.finecomb.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import dev.finecomb.protocol.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counting in place against counting one element after the other by its index. */
class PatternCountTest {
    private static final Pattern TWO_OF_FOUR = new Pattern(2, 4);

    @Test
    void aLinearWeightIsGroupedAlongItsRows() {
        PatternCount count = count(new float[] {1, 0, 0, 2, 0, 3, 4, 5}, 1, 8);

        assertThat(count.groups()).isEqualTo(2);
        assertThat(count.violations()).isEqualTo(1);
        assertThat(count.nonzeros()).isEqualTo(5);
        assertThat(count.density()).isEqualTo(5 / 8.0);
        assertThat(count.first()).contains(new PatternCount.Place(1, List.of(0L, 4L), 3));
        assertThat(count.holds()).isFalse();
    }

    @Test
    void minusZeroIsNotZero() {
        assertThat(count(new float[] {-0.0f, 1, 2, 0}, 1, 4).holds()).isFalse();
        assertThat(count(new float[] {0.0f, 1, 2, 0}, 1, 4).holds()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aConvolutionIsGroupedAlongItsInputChannels(long seed) {
        Random random = new Random(seed);
        Pattern pattern = List.of(TWO_OF_FOUR, new Pattern(1, 4), new Pattern(4, 8), new Pattern(1, 2))
                .get(random.nextInt(4));
        int[] shape = {
            1 + random.nextInt(4), pattern.m() * (1 + random.nextInt(3)), 1 + random.nextInt(3), 1 + random.nextInt(3)
        };
        float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        long nonzeros = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(pattern.m()) < pattern.n() ? 1 : 0;
            nonzeros += values[i] == 0 ? 0 : 1;
        }

        PatternCount count = PatternCount.of(entry(values, shape[0], shape[1], shape[2], shape[3]), pattern);

        List<PatternCount.Place> broken = broken(values, shape, pattern);
        assertThat(count.groups()).isEqualTo(values.length / pattern.m());
        assertThat(count.violations()).isEqualTo(broken.size());
        assertThat(count.first()).isEqualTo(broken.stream().findFirst());
        assertThat(count.nonzeros()).isEqualTo(nonzeros);
    }

    @Test
    void saysWhyATensorHasNoGroups() {
        assertThat(PatternCount.obstacle(List.of(8L), TWO_OF_FOUR)).contains("has one axis, so no input channels");
        assertThat(PatternCount.obstacle(List.of(), TWO_OF_FOUR)).contains("has no axis, so no input channels");
        assertThat(PatternCount.obstacle(List.of(8L, 6L), TWO_OF_FOUR))
                .contains("input channels (6) are not divisible by 4");
        assertThat(PatternCount.obstacle(List.of(0L, 8L), TWO_OF_FOUR)).contains("is empty");
        assertThat(PatternCount.obstacle(List.of(1L, 4L, 1L, 1L, 1L, 1L, 1L, 1L, 1L), TWO_OF_FOUR))
                .contains("has more than 8 axes");
        assertThat(PatternCount.obstacle(List.of(8L, 8L), TWO_OF_FOUR)).isEmpty();
    }

    /** Every group that breaks the pattern, in grouped order: O, H, W, then along I. */
    private static List<PatternCount.Place> broken(float[] values, int[] shape, Pattern pattern) {
        List<PatternCount.Place> broken = new ArrayList<>();
        long group = 0;
        for (int o = 0; o < shape[0]; o++) {
            for (int h = 0; h < shape[2]; h++) {
                for (int w = 0; w < shape[3]; w++) {
                    for (int i = 0; i < shape[1]; i += pattern.m(), group++) {
                        int nonzeros = 0;
                        for (int k = i; k < i + pattern.m(); k++) {
                            nonzeros += values[((o * shape[1] + k) * shape[2] + h) * shape[3] + w] != 0 ? 1 : 0;
                        }
                        if (nonzeros > pattern.n()) {
                            broken.add(new PatternCount.Place(
                                    group, List.of((long) o, (long) i, (long) h, (long) w), nonzeros));
                        }
                    }
                }
            }
        }
        return broken;
    }

    private static PatternCount count(float[] values, long... shape) {
        return PatternCount.of(entry(values, shape), TWO_OF_FOUR);
    }

    private static Entry entry(float[] values, long... shape) {
        return Entry.of(Tensors.f32("weight", values, shape));
    }
}
