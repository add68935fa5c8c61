package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.Limits;
import dev.finecomb.protocol.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a record must hold to be a batch.
 *
 * @param inputs names of the model's inputs, in the order of its arguments
 * @param labels names of the labels
 * @param limits bounds on size; {@code maxRank} also bounds the depth of JSON
 * @param checkFinite whether floating-point tensors are searched for infinities and NaNs
 * @param classes number of classes, if known: integer labels must lie in [0, classes)
 * @param sampleShapes shape of one sample (without the sample axis) by tensor name, where it is known; {@link #ANY} as an axis
 *     matches every size
 */
public record BatchSchema(
        List<String> inputs,
        List<String> labels,
        Limits limits,
        boolean checkFinite,
        OptionalLong classes,
        Map<String, List<Long>> sampleShapes) {

    /** An axis of a sample shape that may have any size. */
    public static final long ANY = -1;

    public BatchSchema {
        inputs = List.copyOf(inputs);
        labels = List.copyOf(labels);
        sampleShapes = Map.copyOf(sampleShapes);
        if (inputs.isEmpty() || labels.isEmpty()) {
            throw new IllegalArgumentException("inputs are " + inputs + " and labels " + labels + "; name one of each");
        }
        List<String> names = concat(inputs, labels);
        if (new HashSet<>(names).size() != names.size()) {
            throw new IllegalArgumentException("inputs " + inputs + " and labels " + labels + " repeat a name");
        }
        if (classes.isPresent() && classes.getAsLong() < 1) {
            throw new IllegalArgumentException("classes is " + classes.getAsLong() + "; it must be at least 1");
        }
        sampleShapes.forEach((name, shape) -> {
            if (!names.contains(name) || shape.stream().anyMatch(axis -> axis < 1 && axis != ANY)) {
                throw new IllegalArgumentException("sample shape " + shape + " of " + name
                        + " must belong to an input or label and have axes of at least 1, or " + ANY + " for any");
            }
        });
    }

    /** Inputs and labels of these names, default limits, finite values, nothing else known. */
    public static BatchSchema of(List<String> inputs, List<String> labels) {
        return new BatchSchema(inputs, labels, Limits.RECORD, true, OptionalLong.empty(), Map.of());
    }

    /** The same with other limits. */
    public BatchSchema withLimits(Limits other) {
        return new BatchSchema(inputs, labels, other, checkFinite, classes, sampleShapes);
    }

    /** The same without the search for infinities and NaNs. */
    public BatchSchema withoutFiniteCheck() {
        return new BatchSchema(inputs, labels, limits, false, classes, sampleShapes);
    }

    /** The same for a model that tells so many classes apart. */
    public BatchSchema withClasses(long count) {
        return new BatchSchema(inputs, labels, limits, checkFinite, OptionalLong.of(count), sampleShapes);
    }

    /** The same with the sample shape of one tensor known. */
    public BatchSchema withSampleShape(String name, List<Long> shape) {
        Map<String, List<Long>> shapes = new HashMap<>(sampleShapes);
        shapes.put(name, List.copyOf(shape));
        return new BatchSchema(inputs, labels, limits, checkFinite, classes, shapes);
    }

    /** The same with every input expected in the sample shape that it has in {@code batch}; shapes known before stay. */
    public BatchSchema pinnedTo(TrainingBatch batch) {
        Map<String, List<Long>> shapes = new HashMap<>(sampleShapes);
        for (Tensor input : batch.inputs()) {
            shapes.putIfAbsent(
                    input.name(), input.shape().subList(1, input.shape().size()));
        }
        return new BatchSchema(inputs, labels, limits, checkFinite, classes, shapes);
    }

    /** Inputs, then labels. */
    List<String> names() {
        return concat(inputs, labels);
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
