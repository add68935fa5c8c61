package dev.finecomb.bench;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** The networks of {@link Networks} as DJL's own blocks. */
final class DjlNetworks {
    private DjlNetworks() {}

    static Block mlp(long width, long classes) {
        SequentialBlock block = new SequentialBlock();
        for (int layer = 0; layer < 3; layer++) {
            block.add(Linear.builder().setUnits(width).build()).add(Activation.reluBlock());
        }
        return block.add(Linear.builder().setUnits(classes).build());
    }

    static Block resnet18(long classes) {
        SequentialBlock block = new SequentialBlock();
        block.add(convolution(64, 3, 1)).add(norm()).add(Activation.reluBlock());
        int inputs = 64;
        for (int stage = 1; stage <= 4; stage++) {
            int outputs = 32 << stage;
            for (int place = 0; place < 2; place++) {
                residual(block, inputs, outputs, stage > 1 && place == 0 ? 2 : 1);
                inputs = outputs;
            }
        }
        return block.add(Pool.globalAvgPool2dBlock())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(classes).build());
    }

    private static void residual(SequentialBlock block, int inputs, int outputs, int stride) {
        SequentialBlock main = new SequentialBlock()
                .add(convolution(outputs, 3, stride))
                .add(norm())
                .add(Activation.reluBlock())
                .add(convolution(outputs, 3, 1))
                .add(norm());
        Block shortcut = stride == 1 && inputs == outputs
                ? Blocks.identityBlock()
                : new SequentialBlock().add(convolution(outputs, 1, stride)).add(norm());
        block.add(new ParallelBlock(DjlNetworks::sum, List.of(main, shortcut))).add(Activation.reluBlock());
    }

    private static NDList sum(List<NDList> branches) {
        return new NDList(
                branches.getFirst().singletonOrThrow().add(branches.getLast().singletonOrThrow()));
    }

    private static Block convolution(int filters, int kernel, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .setFilters(filters)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optBias(false)
                .build();
    }

    private static Block norm() {
        return BatchNorm.builder().build();
    }
}
