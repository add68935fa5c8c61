package dev.finecomb.protocol.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.InvalidValueException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternTest {
    @ParameterizedTest
    @ValueSource(strings = {"1:2", "2:4", "4:8", "1:16", "15:16", "3:5"})
    void readsWhatItWrites(String text) {
        assertThat(Pattern.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0:4", "4:4", "5:4", "1:17", "2", "2:", ":4", "2:4:8", "a:b", "02:4", "-2:4", "2 :4", "", "2:4\n"
            })
    void refusesTheImpossible(String text) {
        assertThatThrownBy(() -> Pattern.parse(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("pattern: expected N:M with 0 < N < M <= 16, for example 2:4, found");
    }
}
