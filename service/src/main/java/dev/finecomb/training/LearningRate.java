package dev.finecomb.training;

/**
 * The learning rate of a step, a pure function of the step's number. Warm-up rises linearly from {@code base / warmup} at
 * step 0 to {@code base} at step {@code warmup - 1}; the schedule's own clock starts when the warm-up ends.
 */
public sealed interface LearningRate {

    /** The rate of step {@code step}, counted from 0. */
    double at(long step);

    /** The rate that the whole schedule is in proportion to: that of the warm-up's end. */
    double base();

    /** The same rate at every step. */
    record Constant(double base) implements LearningRate {
        @Override
        public double at(long step) {
            return base;
        }
    }

    /** Half a cosine from {@code base} at step 0 down to {@code floor} at step {@code length}, then {@code floor}. */
    record Cosine(double base, double floor, long length) implements LearningRate {
        @Override
        public double at(long step) {
            if (step >= length) {
                return floor;
            }
            return floor + (base - floor) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * step / length));
        }
    }

    /** {@code base * gamma^floor(step / size)}, never below {@code floor}. */
    record Step(double base, double floor, long size, double gamma) implements LearningRate {
        @Override
        public double at(long step) {
            long reductions = step / size;
            return Math.max(floor, base * StrictMath.pow(gamma, (double) reductions));
        }
    }

    /** A linear rise over the first {@code steps} steps, then {@code after} with its clock at 0. */
    record WarmUp(long steps, LearningRate after) implements LearningRate {
        @Override
        public double base() {
            return after.base();
        }

        @Override
        public double at(long step) {
            return step < steps ? after.at(0) * (step + 1) / steps : after.at(step - steps);
        }
    }
}
