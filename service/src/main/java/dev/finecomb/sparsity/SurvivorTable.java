package dev.finecomb.sparsity;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The survivors of all layers and their masks; what exact LBC and its linear variant share. They differ in the choices that a group has:
 * combinations of N positions, or single positions. In both the mask is the union of the survivors. A removal checks all
 * values before it changes any survivor, so a failure changes nothing, and nothing is copied.
 */
final class SurvivorTable {
    /** Groups per unit of work: enough to outweigh its start, few enough to spread a small layer over cores. */
    private static final int GROUPS = 128 * Survivors.ALIGNED_GROUPS;

    /** The same for values to be checked. */
    private static final int VALUES = 1 << 16;

    /** The same for output channels whose mask bits are brought into another order. */
    private static final int OUTPUTS = BitTransposition.ALIGNED_MATRICES;

    private final ChoiceTables choices;
    private final List<SparseLayer> layers;
    private final Workers workers;
    private int alive;
    private List<Survivors> survivors;
    private List<LayerMask> masks;

    /**
     * A table with everything alive.
     *
     * @param choices per choice the positions it keeps, as bits
     * @param workers to spread a removal over; the outcome doesn't depend on them
     */
    SurvivorTable(Pattern pattern, int[] choices, List<SparseLayer> layers, Workers workers) {
        requireFitting(pattern, layers);
        this.choices = new ChoiceTables(choices, pattern.m());
        this.layers = List.copyOf(layers);
        this.workers = workers;
        this.alive = choices.length;
        this.survivors = this.layers.stream()
                .map(layer -> Survivors.all(layer.layout().groups(), choices.length))
                .toList();
        this.masks = this.layers.stream()
                .map(layer -> LayerMask.keepingAll(layer.layout()))
                .toList();
    }

    List<SparseLayer> layers() {
        return layers;
    }

    List<LayerMask> masks() {
        return masks;
    }

    List<Survivors> survivors() {
        return survivors;
    }

    /** Choices alive in every group. */
    int alive() {
        return alive;
    }

    /**
     * Drops every group to its {@code keep} best survivors.
     *
     * @throws NonFiniteSaliencyException if a weight or a saliency is no finite number; then nothing has changed
     */
    void retain(int keep, List<LayerValues> values) {
        requireFitting(values);
        List<LayerRemoval> removals = removals(survivors);
        share(
                removals,
                LayerRemoval::elements,
                VALUES,
                (i, from, to) -> removals.get(i).requireFinite(from, to, values.get(i)));
        share(
                removals,
                LayerRemoval::groups,
                GROUPS,
                (i, from, to) -> removals.get(i).retain(from, to, keep, values.get(i)));
        finish(keep, removals);
    }

    /** Takes over these survivors, {@code stored} in every group of every layer. */
    void load(int stored, List<Survivors> loaded) {
        List<LayerRemoval> removals = removals(loaded);
        share(
                removals,
                LayerRemoval::groups,
                GROUPS,
                (i, from, to) -> removals.get(i).unite(from, to));
        finish(stored, removals);
        survivors = List.copyOf(loaded);
    }

    private List<LayerRemoval> removals(List<Survivors> changing) {
        return IntStream.range(0, layers.size())
                .mapToObj(i -> new LayerRemoval(layers.get(i), choices, changing.get(i)))
                .toList();
    }

    private void finish(int nowAlive, List<LayerRemoval> removals) {
        share(
                removals,
                LayerRemoval::unordered,
                OUTPUTS,
                (i, from, to) -> removals.get(i).order(from, to));
        alive = nowAlive;
        masks = removals.stream().map(LayerRemoval::mask).toList();
    }

    /** Does a part of the work in every layer, in blocks of {@code length} units. */
    private void share(List<LayerRemoval> removals, ToLongFunction<LayerRemoval> size, int length, Part part) {
        List<Runnable> blocks = new ArrayList<>();
        for (int i = 0; i < removals.size(); i++) {
            int layer = i;
            long end = size.applyAsLong(removals.get(i));
            for (long from = 0; from < end; from += length) {
                long start = from;
                blocks.add(() -> part.run(layer, start, Math.min(end, start + length)));
            }
        }
        workers.run(blocks.size(), block -> blocks.get(block).run());
    }

    private void requireFitting(List<LayerValues> values) {
        if (values.size() != layers.size()) {
            throw new IllegalArgumentException(
                    "a removal needs the values of " + layers.size() + " layers, not of " + values.size());
        }
        for (int i = 0; i < layers.size(); i++) {
            long bytes = layers.get(i).layout().elements() * Float.BYTES;
            LayerValues layer = values.get(i);
            if (layer.weights().byteSize() != bytes || layer.saliencies().byteSize() != bytes) {
                throw new IllegalArgumentException("layer " + layers.get(i).parameter() + " has " + bytes
                        + " bytes of float32, not " + layer.weights().byteSize() + " (weights) and "
                        + layer.saliencies().byteSize() + " (saliencies)");
            }
        }
    }

    private static void requireFitting(Pattern pattern, List<SparseLayer> layers) {
        for (SparseLayer layer : layers) {
            if (layer.layout().m() != pattern.m()) {
                throw new IllegalArgumentException("layer " + layer.parameter() + " is grouped by "
                        + layer.layout().m() + ", the pattern is " + pattern);
            }
        }
        long names = layers.stream().map(SparseLayer::parameter).distinct().count();
        if (names != layers.size()) {
            throw new IllegalArgumentException("sparse layers need distinct parameter names: "
                    + layers.stream().map(SparseLayer::parameter).toList());
        }
    }

    @FunctionalInterface
    private interface Part {
        void run(int layer, long from, long to);
    }
}
