package dev.finecomb.sparsity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.finecomb.protocol.mask.Pattern;

/**
 * LBC written down as the paper has it, in engine operations: a score and a momentum for every combination of every group, matrix
 * products with the membership matrix, a selection and a mask in every step. An oracle for {@link LbcPolicy}, and what its cost is
 * measured against.
 *
 * <p>For layers whose groups lie side by side. Unlike the authors, who take a score of exactly 0 for a removed one, it keeps what was
 * removed in an array of its own; ties are broken as the engine likes.
 */
public final class ScorePerCombination implements AutoCloseable {
    private final NDManager manager;
    private final int count;
    private final int m;
    private final float learningRate;
    private final float momentum;
    private final NDArray membership; // [C, M], 1 where a combination keeps a position
    private final NDArray scores; // [groups, C]
    private final NDArray velocities; // [groups, C]
    private final NDArray alive; // [groups, C], 1 for survivors
    private int survivors;

    /**
     * All combinations alive, with the authors' first score: together they give every position 1.
     *
     * @param parent manager on the weights' device
     */
    public ScorePerCombination(NDManager parent, Pattern pattern, long groups, float learningRate, float momentum) {
        Combinations combinations = Combinations.of(pattern);
        this.manager = parent.newSubManager();
        this.count = combinations.count();
        this.m = pattern.m();
        this.learningRate = learningRate;
        this.momentum = momentum;
        float[] members = new float[count * m];
        for (int i = 0; i < members.length; i++) {
            members[i] = combinations.bits(i / m) >>> (i % m) & 1;
        }
        Shape shape = new Shape(groups, count);
        this.membership = manager.create(members, new Shape(count, m));
        this.scores = manager.full(shape, (float) m / pattern.n() / count, DataType.FLOAT32);
        this.velocities = manager.zeros(shape, DataType.FLOAT32);
        this.alive = manager.ones(shape, DataType.FLOAT32);
        this.survivors = count;
    }

    /**
     * Folds one step's gradient into the survivors' scores.
     *
     * @param weights the effective weights w, [groups * M], float32
     * @param gradients g, the loss's gradient of the effective weights, of the same shape
     */
    public void accumulate(NDArray weights, NDArray gradients) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray products = in(scope, weights.mul(gradients)).reshape(-1, m);
            NDArray sums = in(scope, in(scope, products).matMul(in(scope, membership.transpose())));
            sums.muli(alive);
            velocities.muli(momentum).addi(sums);
            NDArray walk = in(scope, velocities.mul(alive));
            scores.subi(walk.muli(learningRate));
        }
    }

    /**
     * Keeps the {@code keep} best-scored survivors of each group. Runs in every step, as the authors' does, whether or not any goes.
     */
    public void select(int keep) {
        try (NDManager scope = manager.newSubManager()) {
            // Dead ones rank below all that live.
            NDArray low = in(scope, alive.sub(1)).muli(Float.MAX_VALUE / 2);
            NDArray ranked = in(scope, scores.add(low));
            NDList best = ranked.topK(keep, 1, true, false);
            best.attach(scope);
            NDArray indices = best.get(1);
            NDArray ones = in(scope, manager.ones(indices.getShape(), DataType.FLOAT32));
            NDArray chosen = in(scope, in(scope, alive.zerosLike()).scatter(indices, ones, 1));
            chosen.copyTo(alive);
        }
        survivors = keep;
    }

    /** Sets to 0 what no survivor keeps, in the weights and in their gradients. */
    public void mask(NDArray weights, NDArray gradients) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray members = in(scope, alive.matMul(membership));
            NDArray union = in(scope, in(scope, members.gt(0)).toType(DataType.FLOAT32, false));
            NDArray flat = in(scope, union.reshape(weights.getShape()));
            weights.muli(flat);
            gradients.muli(flat);
        }
    }

    /** Survivors per group. */
    public int survivors() {
        return survivors;
    }

    /** Which combinations survive, group after group. */
    float[] alive() {
        return alive.toFloatArray();
    }

    private static NDArray in(NDManager scope, NDArray array) {
        array.attach(scope);
        return array;
    }

    @Override
    public void close() {
        manager.close();
    }
}
