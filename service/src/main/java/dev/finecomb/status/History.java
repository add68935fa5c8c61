package dev.finecomb.status;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A job's figures over its steps, in bounded memory: neighbouring steps are summed up to one point, and to coarser ones
 * as the job grows, so that a million steps are still at most {@value #MOST_POINTS} points. Steps may come in any order, each
 * once: those of former processes are read back while the present one goes on. Safe for any threads.
 */
public final class History {
    /** The most points there ever are. */
    public static final int MOST_POINTS = 2000;

    /**
     * What one step measured.
     *
     * @param step its number, from 1
     * @param loss the batch's mean loss
     * @param accuracy share of the batch that was right before it was trained on, 0 to 1; absent for regressions
     * @param survivors combinations that survive in every group after it
     * @param density share of the sparse layers' weights that the masks keep after it, 0 to 1
     */
    public record Step(long step, double loss, OptionalDouble accuracy, int survivors, double density) {}

    /**
     * Neighbouring steps, summed up.
     *
     * @param step the last of them
     * @param steps how many they are
     * @param loss mean loss
     * @param lossMin smallest loss
     * @param lossMax greatest loss
     * @param accuracy mean accuracy; absent for regressions
     * @param survivors after the last
     * @param density after the last
     */
    public record Point(
            long step,
            long steps,
            double loss,
            double lossMin,
            double lossMax,
            OptionalDouble accuracy,
            int survivors,
            double density) {

        private static Point of(Step one) {
            return new Point(
                    one.step(), 1, one.loss(), one.loss(), one.loss(), one.accuracy(), one.survivors(), one.density());
        }

        private Point with(Point other) {
            Point last = other.step > step ? other : this;
            return new Point(
                    last.step,
                    steps + other.steps,
                    mean(loss, other.loss, other.steps),
                    Math.min(lossMin, other.lossMin),
                    Math.max(lossMax, other.lossMax),
                    accuracy.isPresent() && other.accuracy.isPresent()
                            ? OptionalDouble.of(mean(accuracy.getAsDouble(), other.accuracy.getAsDouble(), other.steps))
                            : accuracy,
                    last.survivors,
                    last.density);
        }

        private double mean(double mine, double others, long count) {
            return (mine * steps + others * count) / (steps + count);
        }
    }

    private TreeMap<Long, Point> points = new TreeMap<>(); // by (step - 1) / stride
    private long stride = 1;

    /** Adds a step. */
    public synchronized void add(Step step) {
        points.merge((step.step() - 1) / stride, Point.of(step), Point::with);
        if (points.size() > MOST_POINTS) {
            coarsen();
        }
    }

    private void coarsen() {
        stride *= 2;
        TreeMap<Long, Point> coarser = new TreeMap<>();
        for (Map.Entry<Long, Point> point : points.entrySet()) {
            coarser.merge(point.getKey() / 2, point.getValue(), Point::with);
        }
        points = coarser;
    }

    /** All points, oldest first. */
    public synchronized List<Point> points() {
        return List.copyOf(points.values());
    }
}
