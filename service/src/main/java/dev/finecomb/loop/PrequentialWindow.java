package dev.finecomb.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What was measured on the last batches before they were trained on: the honest figures of an online learner (Dawid, 1984).
 * Part of a cut, so that a resumed job reports the same numbers.
 */
final class PrequentialWindow {
    /** Batches that the window covers. */
    static final int BATCHES = 50;

    private final Deque<Measured> window = new ArrayDeque<>();

    /** One batch; {@code accuracy} counts only where {@code classified}. */
    record Measured(int samples, double loss, boolean classified, double accuracy) {
        static Measured of(int samples, double loss, OptionalDouble accuracy) {
            return new Measured(samples, loss, accuracy.isPresent(), accuracy.orElse(0));
        }
    }

    PrequentialWindow(List<Measured> batches) {
        batches.forEach(this::add);
    }

    void add(Measured batch) {
        window.addLast(batch);
        if (window.size() > BATCHES) {
            window.removeFirst();
        }
    }

    /** Mean loss over the window's samples; empty before the first batch. */
    OptionalDouble loss() {
        return mean(Measured::loss, batch -> true);
    }

    /** Share of the window's samples predicted right; empty where nothing is classified. */
    OptionalDouble accuracy() {
        return mean(Measured::accuracy, Measured::classified);
    }

    private OptionalDouble mean(ToDoubleFunction<Measured> figure, Predicate<Measured> counts) {
        double sum = 0;
        long samples = 0;
        for (Measured batch : window) {
            if (counts.test(batch)) {
                sum += figure.applyAsDouble(batch) * batch.samples();
                samples += batch.samples();
            }
        }
        return samples == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / samples);
    }

    long samples() {
        return window.stream().mapToLong(Measured::samples).sum();
    }

    List<Measured> batches() {
        return new ArrayList<>(window);
    }
}
