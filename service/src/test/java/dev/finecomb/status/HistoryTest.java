package dev.finecomb.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final History history = new History();

    @Test
    void fewStepsAreShownAsTheyAre() {
        history.add(step(1));
        history.add(new History.Step(2, 0.5, OptionalDouble.empty(), 3, 0.75));

        assertThat(history.points())
                .containsExactly(
                        new History.Point(1, 1, loss(1), loss(1), loss(1), OptionalDouble.of(accuracy(1)), 6, 1),
                        new History.Point(2, 1, 0.5, 0.5, 0.5, OptionalDouble.empty(), 3, 0.75));
    }

    @Test
    void aMillionStepsAreSummedUpAndNoneIsLost() {
        int steps = 1_000_000;
        for (int step = 1; step <= steps; step++) {
            history.add(step(step));
        }
        List<History.Point> points = history.points();

        assertThat(points).hasSizeBetween(History.MOST_POINTS / 2, History.MOST_POINTS);
        assertThat(points.stream().mapToLong(History.Point::steps).sum()).isEqualTo(steps);
        assertThat(points.getLast().step()).isEqualTo(steps);
        long before = 0;
        for (History.Point point : points) {
            assertThat(point.step() - point.steps()).isEqualTo(before);
            before = point.step();
        }
        History.Point some = points.get(points.size() / 2);
        double[] losses = LongStream.rangeClosed(some.step() - some.steps() + 1, some.step())
                .mapToDouble(HistoryTest::loss)
                .toArray();
        assertThat(some.loss()).isCloseTo(Arrays.stream(losses).average().orElseThrow(), within(1e-9));
        assertThat(some.lossMin()).isEqualTo(Arrays.stream(losses).min().orElseThrow());
        assertThat(some.lossMax()).isEqualTo(Arrays.stream(losses).max().orElseThrow());
        assertThat(some.survivors()).isEqualTo(survivors(some.step()));
    }

    @Test
    void theOrderOfAddingDoesNotMatter() {
        List<Long> steps =
                new ArrayList<>(LongStream.rangeClosed(1, 9000).boxed().toList());
        steps.forEach(step -> history.add(step(step)));
        Collections.shuffle(steps, new Random(7));
        var shuffled = new History();
        steps.forEach(step -> shuffled.add(step(step)));

        List<History.Point> inOrder = history.points();
        List<History.Point> anyOrder = shuffled.points();
        assertThat(anyOrder).hasSameSizeAs(inOrder);
        for (int i = 0; i < inOrder.size(); i++) {
            assertThat(anyOrder.get(i))
                    .usingRecursiveComparison()
                    .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : 1, Double.class)
                    .ignoringFields("accuracy")
                    .isEqualTo(inOrder.get(i));
        }
    }

    private static History.Step step(long step) {
        return new History.Step(step, loss(step), OptionalDouble.of(accuracy(step)), survivors(step), 1);
    }

    private static double loss(long step) {
        return 1 + Math.sin(step * 0.7);
    }

    private static double accuracy(long step) {
        return step % 10 / 10.0;
    }

    private static int survivors(long step) {
        return step < 500_000 ? 6 : 5;
    }
}
