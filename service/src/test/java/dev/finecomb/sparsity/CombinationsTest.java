package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.mask.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CombinationsTest {
    @Test
    void comeInLexicographicOrderOfKeptPositions() {
        Combinations combinations = Combinations.of(new Pattern(2, 4));

        // 01, 02, 03, 12, 13, 23
        assertThat(combinations.toBits()).containsExactly(0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100);
    }

    @Test
    void ofOneAreThePositionsThemselves() {
        assertThat(Combinations.of(new Pattern(1, 4)).toBits()).containsExactly(1, 2, 4, 8);
    }

    @ParameterizedTest
    @CsvSource({"1,2,2", "2,4,6", "1,8,8", "4,8,70", "2,16,120", "15,16,16", "4,9,126"})
    void areAllThereAndDistinct(int n, int m, int count) {
        Combinations combinations = Combinations.of(new Pattern(n, m));

        assertThat(combinations.count()).isEqualTo(count);
        assertThat(Combinations.count(new Pattern(n, m))).isEqualTo(count);
        for (int bits : combinations.toBits()) {
            assertThat(Integer.bitCount(bits)).isEqualTo(n);
        }
        // Strictly ascending, hence distinct.
        for (int i = 1; i < count; i++) {
            assertThat(positions(combinations.bits(i))).isGreaterThan(positions(combinations.bits(i - 1)));
        }
    }

    @ParameterizedTest
    @CsvSource({"8,16,12870", "3,16,560", "3,11,165"})
    void beyondTheLimitAreRefusedNamingTheLinearVariant(int n, int m, long count) {
        Pattern pattern = new Pattern(n, m);

        assertThatThrownBy(() -> Combinations.of(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(n + ":" + m, String.valueOf(count), "128", "'linear'");
        assertThat(Combinations.count(pattern)).isEqualTo(count);
    }

    /** The kept positions as a word whose alphabetic order is the positions' lexicographic one. */
    private static String positions(int bits) {
        StringBuilder word = new StringBuilder();
        for (int k = 0; k < 16; k++) {
            if ((bits >>> k & 1) != 0) {
                word.append((char) ('a' + k));
            }
        }
        return word.toString();
    }
}
