package dev.finecomb.sparsity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The ranking in so many words, as an oracle: sort by score, then by the sum of |w|, then by index, and keep the first ones. */
final class SlowRanking {
    private SlowRanking() {}

    /** Of these choices alive, the ones that stay. */
    static List<Integer> kept(int[] choices, List<Integer> alive, double[] saliency, double[] weights, int keep) {
        List<Integer> ranked = new ArrayList<>(alive);
        ranked.sort(Comparator.<Integer>comparingDouble(choice -> -sum(choices[choice], saliency))
                .thenComparingDouble(choice -> -magnitude(choices[choice], weights))
                .thenComparing(Comparator.naturalOrder()));
        return ranked.stream().limit(keep).sorted().toList();
    }

    static List<Integer> alive(Survivors survivors, long group) {
        return IntStream.range(0, survivors.choices())
                .filter(choice -> survivors.alive(group, choice))
                .boxed()
                .toList();
    }

    static int union(int[] choices, List<Integer> alive) {
        return alive.stream().mapToInt(choice -> choices[choice]).reduce(0, (a, b) -> a | b);
    }

    private static double magnitude(int choice, double[] weights) {
        double[] magnitudes = new double[weights.length];
        for (int k = 0; k < weights.length; k++) {
            magnitudes[k] = Math.abs(weights[k]);
        }
        return sum(choice, magnitudes);
    }

    /** Lowest position first; a plain loop, since a stream's sum compensates for rounding. Adding 0.0 turns -0.0, which sorts apart, into 0.0. */
    private static double sum(int choice, double[] values) {
        double sum = 0;
        for (int k = 0; k < values.length; k++) {
            sum += (choice >>> k & 1) != 0 ? values[k] : 0;
        }
        return 0.0 - sum == 0 ? 0.0 : sum;
    }
}
