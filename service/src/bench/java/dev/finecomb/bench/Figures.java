package dev.finecomb.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Figures of repeated measurements. */
final class Figures {
    private Figures() {}

    /** The middle one of these; the mean of the two middle ones if they are even in number. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    static double median(List<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    static double largest(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** With so many digits after the point. */
    static String text(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
