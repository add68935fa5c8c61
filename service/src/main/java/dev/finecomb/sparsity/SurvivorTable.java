package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * The survivors of all layers, their masks, and their stored form; what exact LBC and its linear variant share. They differ in the
 * choices that a group has: combinations of N positions, or single positions. In both the mask is the union of the survivors.
 *
 * <p>A removal decides on copies and swaps them in at the end, so a failure changes nothing. Stored form: {@code policy}, the ASCII
 * line {@code <variant> v1 <pattern> <survivors>}, and per layer {@code survivors/<parameter>}, one bit per choice, group after group,
 * least significant bit first.
 */
final class SurvivorTable {
    private static final String HEADER = "policy";
    private static final String PREFIX = "survivors/";

    /** Groups per unit of work: enough to outweigh its start, few enough to spread a small layer over cores. */
    private static final long RUN = 128L * Survivors.ALIGNED_GROUPS;

    private final String variant;
    private final Pattern pattern;
    private final int[] choices;
    private final List<SparseLayer> layers;
    private final int threads;
    private int alive;
    private List<Survivors> survivors;
    private List<LayerMask> masks;

    /**
     * A table with everything alive.
     *
     * @param variant stable name, stored
     * @param choices per choice the positions it keeps, as bits
     * @param threads to spread a removal over, 1 or more; the outcome doesn't depend on it
     */
    SurvivorTable(String variant, Pattern pattern, int[] choices, List<SparseLayer> layers, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", it must be 1 or more");
        }
        requireFitting(pattern, layers);
        this.variant = variant;
        this.pattern = pattern;
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

    List<PolicyState> exportState() {
        List<PolicyState> state = new ArrayList<>();
        state.add(new PolicyState(HEADER, (headerStart() + alive).getBytes(StandardCharsets.US_ASCII)));
        for (int i = 0; i < layers.size(); i++) {
            state.add(new PolicyState(
                    PREFIX + layers.get(i).parameter(), survivors.get(i).toBytes()));
        }
        return List.copyOf(state);
    }

    /** Takes over an exported state whose survivors per group lie between {@code fewest} and all. */
    void importState(List<PolicyState> state, int fewest) {
        Map<String, PolicyState> byName = new HashMap<>();
        for (PolicyState array : state) {
            if (byName.put(array.name(), array) != null) {
                throw new IncompatibleStateException("the stored policy state has two arrays named " + array.name());
            }
        }
        int stored = storedSurvivors(take(byName, HEADER), fewest);
        List<Survivors> loaded = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            PolicyState array = take(byName, PREFIX + layers.get(i).parameter());
            loaded.add(loaded(array, survivors.get(i), stored));
        }
        if (!byName.isEmpty()) {
            throw new IncompatibleStateException(
                    "the stored policy state has arrays of layers that are not sparse here: " + byName.keySet());
        }
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

    private String headerStart() {
        return variant + " v1 " + pattern + " ";
    }

    private int storedSurvivors(PolicyState header, int fewest) {
        String line = new String(header.bytes(), StandardCharsets.US_ASCII);
        int stored = -1;
        if (line.startsWith(headerStart())) {
            try {
                stored = Integer.parseInt(line.substring(headerStart().length()));
            } catch (NumberFormatException _) {
                stored = -1;
            }
        }
        if (stored < fewest || stored > choices.length) {
            throw new IncompatibleStateException("the stored policy is '" + line + "', this one is '" + headerStart()
                    + "' with " + fewest + " to " + choices.length + " survivors per group");
        }
        return stored;
    }

    private static PolicyState take(Map<String, PolicyState> byName, String name) {
        PolicyState array = byName.remove(name);
        if (array == null) {
            throw new IncompatibleStateException("the stored policy state has no array " + name);
        }
        return array;
    }

    private static Survivors loaded(PolicyState array, Survivors like, int stored) {
        if (array.size() != like.size()) {
            throw new IncompatibleStateException("the stored array " + array.name() + " has " + array.size()
                    + " bytes, this model's layer needs " + like.size());
        }
        byte[] bytes = array.bytes();
        int used = (int) (like.groups() * like.choices() & 7);
        if (used != 0 && (bytes[bytes.length - 1] & 0xFF) >>> used != 0) {
            throw new IncompatibleStateException(
                    "the stored array " + array.name() + " has bits beyond its last group");
        }
        Survivors loaded = like.withBytes(bytes);
        for (long group = 0; group < loaded.groups(); group++) {
            if (loaded.count(group) != stored) {
                throw new IncompatibleStateException("the stored array " + array.name() + " has " + loaded.count(group)
                        + " survivors in group " + group + " instead of " + stored);
            }
        }
        return loaded;
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
