package dev.finecomb.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import dev.finecomb.model.StepScope;
import dev.finecomb.model.TrainableModel;
import dev.finecomb.model.TrainableModel.ModelBuffer;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.MaskPolicy;
import dev.finecomb.sparsity.PolicyState;
import dev.finecomb.sparsity.SparseLayer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Trains a TorchScript module in place, on the engine's own arrays.
 *
 * <p>A batch whose loss or gradient is not finite is rejected before anything has changed: weights, optimizer state,
 * saliencies and buffers keep their bits. Removals are due at the start of a step, before its forward; they are done as the
 * last act of the step before, which is the same moment, so that the state between two steps is complete and a rejected
 * batch never meets a half-done step.
 *
 * <p>Confined to the thread that loaded the model.
 */
public final class EngineTrainer implements Trainer {
    /** Beyond it the gradient's squares leave float32, and an infinite second moment would freeze a weight for ever. */
    private static final double LARGEST_NORM = Math.sqrt(Float.MAX_VALUE);

    private final TrainableModel model;
    private final TrainingRules rules;
    private final MaskPolicy policy;
    private final ParameterBank bank;
    private final TrainerResources resources;
    private final Snapshots snapshots;
    private final KeptBuffers kept;
    private long step;
    private long samples;
    private double density = 1;
    /** What an order made of the configured rates; 1 changes no bit of them. */
    private double rateFactor = 1;

    /** @param resources what bank and policy were given; closed with this trainer */
    EngineTrainer(
            TrainableModel model,
            TrainingRules rules,
            MaskPolicy policy,
            ParameterBank bank,
            TrainerResources resources) {
        this.model = model;
        this.kept = new KeptBuffers(model.buffers(), resources.operations(), model.manager());
        this.rules = rules;
        this.policy = policy;
        this.bank = bank;
        this.resources = resources;
        this.snapshots = new Snapshots(resources.workers());
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
    public int combinations() {
        return policy.survivorsAt(0);
    }

    @Override
    public int survivors() {
        return policy.survivors();
    }

    @Override
    public boolean isRemovalComplete() {
        return policy.complete();
    }

    @Override
    public List<LayerMask> masks() {
        return policy.masks();
    }

    @Override
    public List<SparseLayer> layers() {
        return policy.layers();
    }

    @Override
    public double density() {
        return density;
    }

    @Override
    public StepResult step(TrainingBatch batch) {
        model.seed(rules.seedOf(step));
        try (StepScope scope = model.newStep()) {
            kept.keep();
            StepResult result = attempt(batch, scope);
            if (result instanceof StepResult.Rejected) {
                bank.discardGradients();
                kept.restore();
            }
            return result;
        }
    }

    /** What a batch did to the gradients, or why it is refused; neither has touched the weights. */
    private sealed interface Outcome {
        record Measured(double loss, OptionalDouble accuracy, double gradientNorm) implements Outcome {}

        record Refused(StepResult.Rejected reason) implements Outcome {}
    }

    private static Outcome refused(RejectReason reason, String detail) {
        return new Outcome.Refused(new StepResult.Rejected(reason, detail));
    }

    private StepResult attempt(TrainingBatch batch, StepScope scope) {
        return switch (measure(batch, scope)) {
            case Outcome.Refused(var reason) -> reason;
            // From here on the state changes: nothing may fail for the batch's sake, and what fails is thrown.
            case Outcome.Measured measured -> apply(batch.samples(), measured);
        };
    }

    private Outcome measure(TrainingBatch batch, StepScope scope) {
        try (GradientCollector _ = model.collectGradients()) {
            NDArray predictions = model.forward(inputs(batch, scope));
            Tensor target = batch.labels().getFirst();
            OptionalLong classes = rules.loss().classes(predictions);
            if (classes.isPresent() && LabelCheck.isFraction(target.dtype())) {
                return refused(
                        RejectReason.DTYPE,
                        "the labels " + target.name() + " are " + target.dtype()
                                + ", the loss wants class indices; send them as I64 or I32");
            }
            Optional<String> badLabel =
                    classes.isPresent() ? LabelCheck.outsideClasses(target, classes.getAsLong()) : Optional.empty();
            if (badLabel.isPresent()) {
                return refused(RejectReason.LABEL_RANGE, badLabel.get());
            }
            Operations.Learned learned =
                    rules.loss().learn(resources.operations(), predictions, scope.stage(target), bank.differentiated());
            return judge(bank.foldGradients(kept.append(learned.numbers()), learned.gradients()));
        } catch (Loss.ShapeMismatchException e) {
            return refused(RejectReason.SHAPE, String.valueOf(e.getMessage()));
        } catch (EngineException e) {
            return rejectedByModule(e);
        }
    }

    private Outcome judge(ParameterBank.Measured measured) {
        double loss = measured.numbers().get(0);
        double norm = measured.gradientNorm();
        if (!Double.isFinite(loss)) {
            return refused(RejectReason.NON_FINITE_LOSS, "the loss is " + loss);
        }
        if (Double.isNaN(norm)) {
            return refused(RejectReason.NON_FINITE_LOSS, "the gradient's norm is " + norm);
        }
        if (norm > LARGEST_NORM) {
            return refused(RejectReason.GRAD_EXPLOSION, "the gradient's norm is " + norm);
        }
        Optional<String> spoiled = kept.spoiled(measured.numbers());
        if (spoiled.isPresent()) {
            return refused(RejectReason.NON_FINITE_LOSS, "the module's buffer " + spoiled.get() + " overflows");
        }
        double accuracy = measured.numbers().get(1);
        return new Outcome.Measured(
                loss, Double.isNaN(accuracy) ? OptionalDouble.empty() : OptionalDouble.of(accuracy), norm);
    }

    private List<NDArray> inputs(TrainingBatch batch, StepScope scope) {
        List<NDArray> inputs = new ArrayList<>();
        for (Tensor tensor : batch.inputs()) {
            NDArray staged = scope.stage(tensor);
            NDArray input = rules.normalization()
                    .map(normalization -> normalization.apply(staged))
                    .orElseGet(() -> asModuleType(staged));
            inputs.add(input);
        }
        return inputs;
    }

    /** Whole numbers of 32 and 64 bits are indices and stay; everything else becomes the weights' float32. */
    private static NDArray asModuleType(NDArray staged) {
        return switch (staged.getDataType()) {
            case FLOAT32, INT32, INT64 -> staged;
            default -> staged.toType(DataType.FLOAT32, false);
        };
    }

    /** The module refuses a batch it can't multiply; anything else the engine fails at is not the batch's fault. */
    private static Outcome rejectedByModule(EngineException e) {
        String message = String.valueOf(e.getMessage());
        boolean ofTheMachine = message.contains("out of memory")
                || message.contains("can't allocate memory")
                || message.contains("CUDA error")
                || message.contains("cuDNN error");
        if (ofTheMachine) {
            throw e;
        }
        List<String> lines = message.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        String reason = lines.stream()
                .filter(line -> line.startsWith("RuntimeError:"))
                .findFirst()
                .orElse(lines.isEmpty() ? message : lines.getFirst());
        return refused(RejectReason.SHAPE, "the module refuses the batch: " + reason);
    }

    private StepResult apply(int batchSamples, Outcome.Measured measured) {
        double norm = measured.gradientNorm();
        double learningRate = rules.learningRate().at(step) * rateFactor;
        bank.update(step, (float) learningRate, rules.clipScale(norm), !policy.complete());
        step++;
        samples += batchSamples;
        boolean removed = policy.removalDue(step);
        if (removed) {
            policy.remove(step, bank.layerValues());
            bank.apply(policy.masks());
            density = densityOf(policy.masks());
        }
        return new StepResult.Trained(
                step,
                batchSamples,
                measured.loss(),
                measured.accuracy(),
                learningRate,
                norm,
                policy.survivors(),
                density,
                removed);
    }

    private static double densityOf(List<LayerMask> masks) {
        long kept = masks.stream().mapToLong(LayerMask::kept).sum();
        return (double) kept / masks.stream().mapToLong(LayerMask::elements).sum();
    }

    @Override
    public void setBaseRate(double base) {
        double factor = base / rules.learningRate().base();
        if (!((float) base > 0 && base <= Float.MAX_VALUE && Double.isFinite(factor))) {
            throw new IllegalArgumentException("a base rate of " + base + " is beyond float32; give a rate of the order"
                    + " of the configured " + rules.learningRate().base());
        }
        rateFactor = factor;
    }

    @Override
    public TrainerSnapshot snapshot() {
        List<Tensor> survivors = policy.exportState().stream()
                .map(state -> new Tensor(
                        TrainerSnapshot.POLICY + state.name(),
                        DType.U8,
                        List.of((long) state.size()),
                        ByteBuffer.wrap(state.bytes())))
                .toList();
        return snapshots.take(step, samples, arrays(), survivors);
    }

    @Override
    public void restore(TrainerSnapshot snapshot) {
        Map<String, Tensor> state = new HashMap<>(snapshot.byName());
        state.keySet().removeIf(name -> name.startsWith(TrainerSnapshot.POLICY));
        List<StateArray> arrays = arrays();
        StateArray.requireAll(arrays, state);
        policy.importState(policyState(snapshot));
        StateArray.restoreAll(arrays, state);
        bank.apply(policy.masks());
        density = densityOf(policy.masks());
        step = snapshot.step();
        samples = snapshot.samples();
    }

    private static List<PolicyState> policyState(TrainerSnapshot snapshot) {
        return snapshot.tensors().stream()
                .filter(tensor -> tensor.name().startsWith(TrainerSnapshot.POLICY))
                .map(tensor -> {
                    byte[] bytes = new byte[tensor.data().remaining()];
                    tensor.data().duplicate().get(bytes);
                    return new PolicyState(tensor.name().substring(TrainerSnapshot.POLICY.length()), bytes);
                })
                .toList();
    }

    private List<StateArray> arrays() {
        List<StateArray> arrays = new ArrayList<>(bank.state());
        model.buffers().forEach(buffer -> arrays.add(buffer(buffer)));
        return arrays;
    }

    private EngineArray buffer(ModelBuffer buffer) {
        return new EngineArray(TrainerSnapshot.BUFFER + buffer.name(), buffer.array(), resources.operations());
    }

    @Override
    public String device() {
        return model.device();
    }

    @Override
    public int nativeArrays() {
        return model.nativeArrays();
    }

    @Override
    public void close() {
        try (resources;
                model;
                bank) {
            snapshots.close();
        }
    }
}
