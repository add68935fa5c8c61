package dev.finecomb.loop;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.SparseLayer;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerSnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A trainer whose whole state is what it was trained on: a chain of digests over steps and samples, the samples themselves,
 * and masks that follow from the chain at fixed steps. Two histories that differ anywhere differ in it for ever.
 */
final class SimTrainer implements Trainer {
    /** Survivors before the first removal and after each. */
    private static final int[] SURVIVORS = {6, 4, 2, 1};

    static final int REMOVALS = SURVIVORS.length - 1;

    private static final GroupedLayout LAYOUT = new GroupedLayout(List.of(2L, 4L), 4);
    static final SparseLayer LAYER = new SparseLayer("fc.weight", LAYOUT);
    /** By survivors' index and choice: the bits that a group keeps. */
    private static final int[] PAIRS = {0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100};

    private static final int DIGEST = 0;
    private static final int STEP = 1;
    private static final int SAMPLES = 2;
    private static final int MASK = 3;
    private static final int TRAINED = 4;
    private static final int CAPACITY = 80;
    static final String UNTRAINABLE = "untrainable";

    private final SimWorld world;
    private ByteBuffer state = blank();
    private boolean busy;

    SimTrainer(SimWorld world) {
        this.world = world;
    }

    private static ByteBuffer blank() {
        ByteBuffer state =
                ByteBuffer.allocate((TRAINED + CAPACITY) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        state.putLong(MASK * Long.BYTES, 0xFF);
        return state;
    }

    private long get(int index) {
        return state.getLong(index * Long.BYTES);
    }

    private void put(int index, long value) {
        state.putLong(index * Long.BYTES, value);
    }

    private void enter() {
        if (busy) {
            throw new InvariantViolation("one thread", "the trainer was entered while it was busy");
        }
        busy = true;
    }

    @Override
    public StepResult step(TrainingBatch batch) {
        enter();
        LongBuffer samples = batch.inputs().getFirst().data().asLongBuffer();
        if (hasBad(samples)) {
            world.point("mid-step");
            if (world.plan.breaks(SimBreak.CHANGED_BY_REFUSED)) {
                put(DIGEST, mix(get(DIGEST) ^ samples.get(0)));
            }
            busy = false;
            return new StepResult.Rejected(RejectReason.NON_FINITE_LOSS, UNTRAINABLE);
        }
        learn(samples);
        world.point("mid-step");
        put(STEP, step() + 1);
        put(SAMPLES, samples() + batch.samples());
        boolean removed = removals(step()) > removals(step() - 1);
        if (removed) {
            put(MASK, mask());
        }
        busy = false;
        double loss = (get(DIGEST) >>> 12) * 0x1p-52;
        return new StepResult.Trained(
                step(),
                batch.samples(),
                loss,
                OptionalDouble.of(1 - loss),
                0.1,
                loss * 2,
                survivors(),
                density(),
                removed);
    }

    private static boolean hasBad(LongBuffer samples) {
        for (int i = 0; i < samples.limit(); i++) {
            if (samples.get(i) < 0) {
                return true;
            }
        }
        return false;
    }

    private void learn(LongBuffer samples) {
        for (int i = 0; i < samples.limit(); i++) {
            put(TRAINED + (int) samples() + i, samples.get(i));
            put(DIGEST, mix(get(DIGEST) * 31 + samples.get(i) * 1_000_003 + step()));
        }
    }

    /** The finalizer of SplitMix64. */
    static long mix(long z) {
        long once = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long twice = (once ^ once >>> 27) * 0x94d049bb133111ebL;
        return twice ^ twice >>> 31;
    }

    private int removals(long step) {
        return (int) Math.min(REMOVALS, step / world.plan.removalEvery());
    }

    private long mask() {
        int choice = Math.floorMod(get(DIGEST), PAIRS.length);
        int pair = PAIRS[choice] | PAIRS[PAIRS.length - 1 - choice] << 4;
        return switch (survivors()) {
            case 1 -> pair;
            case 2 -> pair | 1L << Math.floorMod(get(DIGEST), 8L);
            default -> 0xFF & ~(1L << Math.floorMod(get(DIGEST), 8L));
        };
    }

    long digest() {
        return get(DIGEST);
    }

    /** The digest in a snapshot of this trainer. */
    static long digest(TrainerSnapshot snapshot) {
        return snapshot.tensors().getFirst().data().getLong(DIGEST * Long.BYTES);
    }

    /** The samples that a snapshot was trained on, in their order. */
    static List<Long> trained(TrainerSnapshot snapshot) {
        ByteBuffer data = snapshot.tensors().getFirst().data();
        List<Long> trained = new ArrayList<>();
        for (int i = TRAINED; i < TRAINED + CAPACITY && data.getLong(i * Long.BYTES) != 0; i++) {
            trained.add(data.getLong(i * Long.BYTES));
        }
        return trained;
    }

    @Override
    public TrainerSnapshot snapshot() {
        enter();
        ByteBuffer copy =
                world.plan.breaks(SimBreak.SHARED_SNAPSHOT) ? state : blank().put(0, state, 0, state.capacity());
        world.point("snapshot");
        busy = false;
        Tensor all = new Tensor("parameter/state", DType.I64, List.of((long) TRAINED + CAPACITY), copy);
        return new TrainerSnapshot(step(), samples(), List.of(all));
    }

    @Override
    public void restore(TrainerSnapshot snapshot) {
        enter();
        world.point("restore");
        state = blank();
        state.put(0, snapshot.tensors().getFirst().data(), 0, state.capacity());
        busy = false;
    }

    @Override
    public long step() {
        return get(STEP);
    }

    @Override
    public long samples() {
        return get(SAMPLES);
    }

    @Override
    public int combinations() {
        return SURVIVORS[0];
    }

    @Override
    public int survivors() {
        return SURVIVORS[removals(step())];
    }

    @Override
    public boolean isRemovalComplete() {
        return removals(step()) == REMOVALS;
    }

    @Override
    public List<LayerMask> masks() {
        return List.of(LayerMask.of(LAYOUT, new byte[] {(byte) get(MASK)}));
    }

    @Override
    public List<SparseLayer> layers() {
        return List.of(LAYER);
    }

    @Override
    public double density() {
        return Long.bitCount(get(MASK)) / 8.0;
    }

    @Override
    public String device() {
        return "simulation";
    }

    @Override
    public void setBaseRate(double base) {
        throw new UnsupportedOperationException("no order of this simulation sets a rate");
    }

    @Override
    public int nativeArrays() {
        return 0;
    }

    @Override
    public void close() {}
}
