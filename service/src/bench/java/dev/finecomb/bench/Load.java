package dev.finecomb.bench;

import dev.finecomb.model.ScriptLayers;
import dev.finecomb.model.ScriptModule;
import dev.finecomb.model.ScriptModule.Child;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A stream of records of one size, and a model whose step is in a realistic relation to them.
 *
 * @param id what the row's name ends with
 * @param words the records and the model, for readers
 * @param sample shape of one sample
 * @param recordSamples samples of a record
 * @param batchSize samples of a step when that is not a record's
 * @param seconds that one stretch of measurement takes
 * @param prefetchBytes of the service: below what a stretch consumes, or no record would be read in it
 */
record Load(
        String id,
        String words,
        ScriptModule model,
        List<Long> sample,
        int recordSamples,
        OptionalInt batchSize,
        int seconds,
        long prefetchBytes) {
    private static final int CLASSES = 10;

    static List<Load> all() {
        return List.of(small(), middle(), large());
    }

    /** Steps are gathered: 16 records each. */
    private static Load small() {
        return new Load(
                "1k",
                "records of 1 KiB with 4 samples of 52 numbers, 64 samples a step, a multi-layer perceptron of 0.9 M"
                        + " weights",
                perceptron(52, 896),
                List.of(52L),
                4,
                OptionalInt.of(64),
                10,
                1L << 20);
    }

    private static Load middle() {
        return new Load(
                "100k",
                "records of 98 KiB with 32 samples of 784 numbers, a record a step, a multi-layer perceptron of 1.9 M"
                        + " weights",
                perceptron(784, 1024),
                List.of(784L),
                32,
                OptionalInt.empty(),
                10,
                8L << 20);
    }

    private static Load large() {
        return new Load(
                "8m",
                "records of 7.9 MiB with 32 images of 3 x 147 x 147 numbers, a record a step, three convolutions (32, 64,"
                        + " 128 channels, stride 2)",
                convolutions(),
                List.of(3L, 147L, 147L),
                32,
                OptionalInt.empty(),
                20,
                64L << 20);
    }

    private static ScriptModule perceptron(long inputs, long width) {
        return new ScriptModule(
                "__torch__.Perceptron",
                List.of(
                        new Child("fc1", ScriptLayers.linear(inputs, width)),
                        new Child("fc2", ScriptLayers.linear(width, width)),
                        new Child("head", ScriptLayers.linear(width, CLASSES))),
                List.of(
                        "x1 = torch.relu((self.fc1).forward(x, ))",
                        "x2 = torch.relu((self.fc2).forward(x1, ))",
                        "return (self.head).forward(x2, )"));
    }

    private static ScriptModule convolutions() {
        return new ScriptModule(
                "__torch__.Convolutions",
                List.of(
                        new Child("conv1", ScriptLayers.convolution(3, 32, 3, 2)),
                        new Child("conv2", ScriptLayers.convolution(32, 64, 3, 2)),
                        new Child("conv3", ScriptLayers.convolution(64, 128, 3, 2)),
                        new Child("head", ScriptLayers.linear(128, CLASSES))),
                List.of(
                        "x1 = torch.relu((self.conv1).forward(x, ))",
                        "x2 = torch.relu((self.conv2).forward(x1, ))",
                        "x3 = torch.relu((self.conv3).forward(x2, ))",
                        "return (self.head).forward(torch.mean(x3, [2, 3]), )"));
    }

    /** Samples of one step. */
    int stepSamples() {
        return batchSize.orElse(recordSamples);
    }

    /** A record's value; those of different seeds differ. */
    byte[] record(long seed) {
        return BatchEncoder.encode(batch(seed, recordSamples));
    }

    /** What a step trains on, in memory as a record's value is. */
    TrainingBatch step(long seed) {
        return batch(seed, stepSamples());
    }

    private TrainingBatch batch(long seed, int samples) {
        var random = new SplittableRandom(seed);
        List<Long> shape = new ArrayList<>(sample);
        shape.addFirst((long) samples);
        int elements = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        ByteBuffer x = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (x.hasRemaining()) {
            x.putFloat((float) random.nextDouble(-1, 1));
        }
        ByteBuffer y = ByteBuffer.allocate(samples * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (y.hasRemaining()) {
            y.putLong(random.nextInt(CLASSES));
        }
        return new TrainingBatch(
                List.of(new Tensor("x", DType.F32, shape, x.flip())),
                List.of(new Tensor("y", DType.I64, List.of((long) samples), y.flip())),
                samples);
    }
}
