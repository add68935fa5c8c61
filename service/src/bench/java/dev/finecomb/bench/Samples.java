package dev.finecomb.bench;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Made-up batches: normal inputs, evenly drawn classes; a function of the seed. */
final class Samples {
    private Samples() {}

    /** So many batches with one input of this shape, samples first, and one label a sample. */
    static List<TrainingBatch> batches(int count, int classes, Long... shape) {
        return IntStream.range(0, count)
                .mapToObj(seed -> batch(seed, classes, shape))
                .toList();
    }

    static TrainingBatch batch(long seed, int classes, Long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        int samples = Math.toIntExact(shape[0]);
        long elements = List.of(shape).stream().reduce(1L, Math::multiplyExact);
        ByteBuffer inputs = little(Math.toIntExact(elements * Float.BYTES));
        while (inputs.hasRemaining()) {
            inputs.putFloat((float) random.nextGaussian());
        }
        ByteBuffer labels = little(samples * Long.BYTES);
        while (labels.hasRemaining()) {
            labels.putLong(random.nextInt(classes));
        }
        return new TrainingBatch(
                List.of(new Tensor("x", DType.F32, List.of(shape), inputs.flip())),
                List.of(new Tensor("y", DType.I64, List.of((long) samples), labels.flip())),
                samples);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
