package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random poison between sound batches: NaNs, infinities, values so large that loss, gradient, momentum, second moments or
 * running statistics overflow. A step is refused and leaves every bit of the state as it was, or is trained and leaves a finite
 * one; and the job ends as if the refused batches had never been. The seed of each case is printed when it fails.
 */
class RandomPoisonTest {
    private static final Map<String, Object> ADAMW = Map.of("training.optimizer.kind", "adamw");
    private static final Map<String, Object> SGD = Map.of();

    /** As many batches must be refused over all worlds: 50 in verify. */
    private static final int REFUSALS = Math.max(50, Battery.count("records.count", 400) / 20);

    /** A job with a net, an optimizer and a form of the arithmetic. */
    private record World(String name, Start start, IntFunction<TrainingBatch> batches) {}

    /** Opens the world's trainer at step 0, always the same. */
    @FunctionalInterface
    private interface Start {
        Trainer open() throws Exception;
    }

    private static List<World> worlds() throws Exception {
        GoldenCase net = Trainers.golden("cnn-2of4-bn");
        IntFunction<TrainingBatch> images = step -> net.batch(step % net.steps());
        IntFunction<TrainingBatch> rows = step -> Trainers.random(step, 4, 16L, 8L);
        return List.of(
                new World("cnn-bn sgd host", () -> Trainers.of(net, SGD, Trainers.Form.HOST), images),
                new World("cnn-bn adamw host", () -> Trainers.of(net, ADAMW, Trainers.Form.HOST), images),
                new World("cnn-bn sgd device", () -> Trainers.of(net, SGD, Trainers.Form.DEVICE), images),
                new World("cnn-bn adamw device", () -> Trainers.of(net, ADAMW, Trainers.Form.DEVICE), images),
                new World("unbounded sgd", () -> Trainers.of("unbounded.pt", SGD), rows),
                new World("unbounded adamw", () -> Trainers.of("unbounded.pt", ADAMW), rows),
                new World("unbounded-bn sgd", () -> Trainers.of("unbounded-bn.pt", SGD), rows),
                new World("unbounded-bn adamw", () -> Trainers.of("unbounded-bn.pt", ADAMW), rows));
    }

    @Test
    void refusedBatchesLeaveNoTrace() throws Exception {
        long began = System.nanoTime();
        List<World> worlds = worlds();
        int each = Math.ceilDiv(REFUSALS, worlds.size());
        for (World world : worlds) {
            poison(world, each);
        }
        Battery.ran(
                "poisonous-batches",
                (long) each * worlds.size(),
                Duration.ofNanos(System.nanoTime() - began),
                "state bit-identical");
    }

    private static void poison(World world, int refusals) throws Exception {
        Map<String, String> disturbed;
        int steps = 0;
        try (Trainer trainer = world.start().open()) {
            int refused = 0;
            for (long seed = 0; refused < refusals; seed++) {
                assertThat(seed)
                        .as("%s: cases to see %d refusals", world.name(), refusals)
                        .isLessThan(20 + 10L * refusals);
                refused +=
                        refuses(trainer, poisoned(world.batches().apply(steps), seed), world.name() + " seed " + seed)
                                ? 1
                                : 0;
                if (seed % 3 == 0) {
                    Trainers.trained(trainer, world.batches().apply(steps++));
                }
            }
            disturbed = Trainers.digest(trainer.snapshot());
        }
        try (Trainer trainer = world.start().open()) {
            for (int step = 0; step < steps; step++) {
                Trainers.trained(trainer, world.batches().apply(step));
            }
            assertThat(disturbed).as(world.name()).isEqualTo(Trainers.digest(trainer.snapshot()));
        }
    }

    /** Whether the batch was refused; a batch that was trained on is undone. */
    private static boolean refuses(Trainer trainer, TrainingBatch batch, String where) {
        TrainerSnapshot before = trainer.snapshot();
        Map<String, String> digest = Trainers.digest(before);
        int arrays = trainer.nativeArrays();
        return switch (trainer.step(batch)) {
            case StepResult.Rejected rejected -> {
                assertThat(Trainers.digest(trainer.snapshot()))
                        .as("%s: %s", where, rejected)
                        .isEqualTo(digest);
                assertThat(trainer.nativeArrays()).as(where).isEqualTo(arrays);
                yield true;
            }
            case StepResult.Trained trained -> {
                assertThat(trained.loss()).as(where).isFinite();
                requireFinite(trainer.snapshot(), where);
                trainer.restore(before);
                yield false;
            }
        };
    }

    private static void requireFinite(TrainerSnapshot snapshot, String where) {
        snapshot.tensors().stream()
                .filter(tensor -> tensor.dtype() == DType.F32)
                .forEach(tensor -> {
                    var values = tensor.data().asFloatBuffer();
                    while (values.hasRemaining()) {
                        assertThat(Float.isFinite(values.get()))
                                .as("%s: %s after a step that was not refused", where, tensor.name())
                                .isTrue();
                    }
                });
    }

    /** The batch with one value, some values, or all of them made unfit. */
    private static TrainingBatch poisoned(TrainingBatch batch, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float unfit = switch (random.nextInt(4)) {
            case 0 -> Float.NaN;
            case 1 -> random.nextBoolean() ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
            default -> (float) Math.pow(10, 12 + 26.5 * random.nextDouble());
        };
        double share = Stream.of(0.0, 0.1, 1.0).toList().get(random.nextInt(3));
        Tensor x = batch.inputs().getFirst();
        ByteBuffer values = ByteBuffer.allocate(x.data().remaining())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(x.data());
        int elements = values.capacity() / Float.BYTES;
        int certain = random.nextInt(elements);
        for (int i = 0; i < elements; i++) {
            if (i == certain || random.nextDouble() < share) {
                float value = values.getFloat(i * Float.BYTES);
                values.putFloat(i * Float.BYTES, Math.abs(unfit) < 1e38f ? value * unfit : unfit);
            }
        }
        return new TrainingBatch(
                List.of(new Tensor(x.name(), x.dtype(), x.shape(), values.flip())), batch.labels(), batch.samples());
    }
}
