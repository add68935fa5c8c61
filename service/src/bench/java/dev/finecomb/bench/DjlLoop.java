package dev.finecomb.bench;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensor;

/**
 * Ordinary training with DJL: its blocks, its loss, its trainer and its SGD with momentum, the loop as its guide has it. The batch
 * comes from memory, as the service's does.
 */
final class DjlLoop implements AutoCloseable {
    private static final float MOMENTUM = 0.9f;

    private final Model model;
    private final Trainer trainer;

    /** @param input the shape of a batch's input */
    DjlLoop(Block network, Shape input, float learningRate) {
        model = Model.newInstance("djl", Device.cpu(), "PyTorch");
        model.setBlock(network);
        Optimizer sgd = Optimizer.sgd()
                .setLearningRateTracker(Tracker.fixed(learningRate))
                .optMomentum(MOMENTUM)
                .build();
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(sgd));
        trainer.initialize(input);
    }

    /** One step; gives the loss. */
    float step(TrainingBatch batch) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            NDList inputs = new NDList(array(manager, batch.inputs().getFirst()));
            NDList labels = new NDList(array(manager, batch.labels().getFirst()));
            float loss;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray value = trainer.getLoss().evaluate(labels, trainer.forward(inputs, labels));
                collector.backward(value);
                loss = value.getFloat();
            }
            trainer.step();
            return loss;
        }
    }

    private static NDArray array(NDManager manager, Tensor tensor) {
        Shape shape =
                new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
        return switch (tensor.dtype()) {
            case F32 -> manager.create(tensor.data().asFloatBuffer(), shape);
            case I64 -> manager.create(tensor.data().asLongBuffer(), shape);
            case F64, F16, BF16, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalArgumentException("no batch here has " + tensor.dtype());
        };
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
