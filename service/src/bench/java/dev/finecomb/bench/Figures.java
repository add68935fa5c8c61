package dev.finecomb.bench;

import java.util.List;
import java.util.Locale;

/** Figures of repeated measurements. */
final class Figures {
    private Figures() {}

    /** The middle one of these; the mean of the two middle ones if they are even in number. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    static double largest(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** With so many digits after the point. */
    static String text(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
