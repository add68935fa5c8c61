package dev.finecomb.bench;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.finecomb.model.ScriptModule;
import dev.finecomb.model.TorchScriptBuilder;
import dev.finecomb.protocol.batch.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * A network and the batches it is trained on.
 *
 * @param name as in the rows' ids
 * @param blocks the same network for DJL
 * @param input the shape of a batch's input
 */
record Net(String name, ScriptModule module, Supplier<Block> blocks, List<Long> input) {
    private static final int CLASSES = 10;
    private static final int BATCHES = 4;
    private static final long MLP_BATCH = 64;
    private static final long RESNET_BATCH = 32;

    /** Four linear layers of about so many million weights; three of the layers become sparse. */
    static Net mlp(int millions) {
        long width = width(millions);
        return new Net(
                "mlp-" + millions + "m",
                Networks.mlp(width, CLASSES),
                () -> DjlNetworks.mlp(width, CLASSES),
                List.of(MLP_BATCH, width));
    }

    static Net resnet18() {
        return new Net(
                "resnet18",
                Networks.resnet18(CLASSES),
                () -> DjlNetworks.resnet18(CLASSES),
                List.of(RESNET_BATCH, 3L, 32L, 32L));
    }

    /** The width whose square is nearest to a third of the weights, divisible by every pattern's group. */
    static long width(int millions) {
        return Math.round(Math.sqrt(millions * 1e6 / 3) / 16) * 16;
    }

    List<TrainingBatch> batches() {
        return Samples.batches(BATCHES, CLASSES, input.toArray(Long[]::new));
    }

    Shape inputShape() {
        return new Shape(input.stream().mapToLong(Long::longValue).toArray());
    }

    /** Writes the module as a file of this folder. */
    Path write(Path folder) throws IOException {
        Path file = Files.createDirectories(folder).resolve(name + ".pt");
        TorchScriptBuilder.write(module, 1, file);
        return file;
    }
}
