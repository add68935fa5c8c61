package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * The survivors of all layers and their masks; what exact LBC and its linear variant share. They differ in the choices that a group has:
 * combinations of N positions, or single positions. In both the mask is the union of the survivors. A removal decides on copies and
 * swaps them in at the end, so a failure changes nothing.
 */
final class SurvivorTable {
    /** Groups per unit of work: enough to outweigh its start, few enough to spread a small layer over cores. */
    private static final long RUN = 128L * Survivors.ALIGNED_GROUPS;

    private final int[] choices;
    private final List<SparseLayer> layers;
    private final int threads;
    private int alive;
    private List<Survivors> survivors;
    private List<LayerMask> masks;

    /**
     * A table with everything alive.
     *
     * @param choices per choice the positions it keeps, as bits
     * @param threads to spread a removal over, 1 or more; the outcome doesn't depend on it
     */
    SurvivorTable(Pattern pattern, int[] choices, List<SparseLayer> layers, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", it must be 1 or more");
        }
        requireFitting(pattern, layers);
        this.choices = choices;
        this.layers = List.copyOf(layers);
        this.threads = threads;
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

    /** Drops every group to its {@code keep} best survivors. */
    void retain(int keep, List<LayerValues> values) {
        requireFitting(values);
        List<LayerRemoval> removals =
                removals(survivors.stream().map(Survivors::copy).toList());
        List<Runnable> runs = new ArrayList<>();
        for (int i = 0; i < removals.size(); i++) {
            LayerRemoval removal = removals.get(i);
            LayerValues layerValues = values.get(i);
            forRuns(
                    removal.groups(),
                    (from, to) -> runs.add(() -> {
                        removal.retain(from, to, keep, layerValues);
                        removal.unite(from, to);
                    }));
        }
        runAll(runs);
        adopt(keep, removals);
    }

    /** Takes over these survivors, {@code stored} in every group of every layer. */
    void load(int stored, List<Survivors> loaded) {
        List<LayerRemoval> removals = removals(loaded);
        List<Runnable> runs = new ArrayList<>();
        for (LayerRemoval removal : removals) {
            forRuns(removal.groups(), (from, to) -> runs.add(() -> removal.unite(from, to)));
        }
        runAll(runs);
        adopt(stored, removals);
    }

    private void adopt(int nowAlive, List<LayerRemoval> removals) {
        alive = nowAlive;
        survivors = removals.stream().map(LayerRemoval::survivors).toList();
        masks = removals.stream().map(LayerRemoval::mask).toList();
    }

    private List<LayerRemoval> removals(List<Survivors> workingCopies) {
        List<LayerRemoval> removals = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            removals.add(new LayerRemoval(layers.get(i), choices, workingCopies.get(i)));
        }
        return removals;
    }

    private void runAll(List<Runnable> runs) {
        int workers = Math.min(threads, runs.size());
        if (workers <= 1) {
            runs.forEach(Runnable::run);
            return;
        }
        List<? extends ForkJoinTask<?>> tasks =
                runs.stream().map(ForkJoinTask::adapt).toList();
        try (ForkJoinPool pool = new ForkJoinPool(workers)) {
            pool.invoke(ForkJoinTask.adapt(() -> {
                ForkJoinTask.invokeAll(tasks);
            }));
        }
    }

    private static void forRuns(long groups, RunConsumer consumer) {
        for (long from = 0; from < groups; from += RUN) {
            consumer.accept(from, Math.min(groups, from + RUN));
        }
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
    private interface RunConsumer {
        void accept(long from, long to);
    }
}
