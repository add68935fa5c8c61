package dev.finecomb.loop;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.SparseLayer;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.TrainerSnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A trainer whose state is a chain of digests over the values and the rate that each step was trained with, and the steps
 * and samples done. Two histories that differ anywhere differ in it for ever. A negative value makes it refuse the batch.
 */
final class ChainTrainer extends UnprunedTrainer {
    static final SparseLayer LAYER = new SparseLayer("fc.weight", new GroupedLayout(List.of(2L, 4L), 4));
    private static final double CONFIGURED_RATE = 0.1;

    private final long drift;
    private long chain;
    private long step;
    private long samples;
    private double rate = CONFIGURED_RATE;

    ChainTrainer() {
        this(0);
    }

    /** @param drift what a device adds that does not repeat its results */
    ChainTrainer(long drift) {
        super(LAYER);
        this.drift = drift;
    }

    @Override
    public StepResult step(TrainingBatch batch) {
        ByteBuffer values = batch.inputs().getFirst().data().order(ByteOrder.LITTLE_ENDIAN);
        long next = chain + drift;
        for (int i = 0; i < batch.samples(); i++) {
            long value = values.getLong(i * Long.BYTES);
            if (value < 0) {
                return new StepResult.Rejected(RejectReason.NON_FINITE_LOSS, "untrainable");
            }
            next = SimTrainer.mix(next * 31 + value);
        }
        chain = SimTrainer.mix(next ^ Double.doubleToLongBits(rate));
        step++;
        samples += batch.samples();
        return new StepResult.Trained(
                step, batch.samples(), 1, OptionalDouble.empty(), rate, 1, survivors(), density(), false);
    }

    @Override
    public TrainerSnapshot snapshot() {
        ByteBuffer state = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(chain)
                .flip();
        return new TrainerSnapshot(
                step, samples, List.of(new Tensor("parameter/state", DType.I64, List.of(1L), state)));
    }

    @Override
    public void restore(TrainerSnapshot snapshot) {
        chain = snapshot.tensors()
                .getFirst()
                .data()
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(0);
        step = snapshot.step();
        samples = snapshot.samples();
    }

    @Override
    public void setBaseRate(double base) {
        rate = base;
    }

    double rate() {
        return rate;
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public long samples() {
        return samples;
    }

    @Override
    public String device() {
        return "none";
    }
}
