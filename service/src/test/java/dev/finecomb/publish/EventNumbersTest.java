package dev.finecomb.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventNumbersTest {
    @Test
    void equalStatesListTheirKindsInOneOrder() {
        Map<String, Long> next = new LinkedHashMap<>();
        for (String kind : List.of("model", "event", "metrics", "mask")) {
            next.put(kind, 1L);
        }
        EventNumbers numbers = new EventNumbers(3, next);
        next.clear();
        assertThat(numbers.next().keySet()).containsExactly("event", "mask", "metrics", "model");
        assertThatThrownBy(() -> numbers.next().put("mask", 2L)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aLaterLifesEventsAreNumberedAboveThoseOfTheLivesBefore() {
        EventNumbers cut = new EventNumbers(7, Map.of("event", 2L, "metrics", 1L));

        EventNumbers third = cut.eventsAbove(3);

        assertThat(third).isEqualTo(new EventNumbers(7, Map.of("event", 3L << 20, "metrics", 1L)));
        assertThat(third.eventsAbove(4).next()).containsEntry("event", 4L << 20);
        assertThat(third.eventsAbove(2)).isEqualTo(third);
        assertThat(new EventNumbers(7, Map.of()).eventsAbove(1).next()).containsEntry("event", 1L << 20);
    }
}
