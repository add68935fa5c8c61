package dev.finecomb.sparsity;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * One layer's removal in progress, in parts that threads may share out as they like: every group's outcome depends on that group alone.
 * The survivors are changed in place; so what could fail is checked before, by {@link #requireFinite} over the whole layer.
 */
final class LayerRemoval {
    private static final int CHUNK = Survivors.ALIGNED_GROUPS;
    private static final int EXPONENT = 0x7F80_0000; // all of its bits are set in infinities and NaNs

    private final SparseLayer layer;
    private final GroupGeometry geometry;
    private final ChoiceTables choices;
    private final Survivors survivors;
    private final long[] grouped; // the mask's bits in grouped order
    private final long[] ordered; // and in the weight's own; the same array if that is the same

    LayerRemoval(SparseLayer layer, ChoiceTables choices, Survivors survivors) {
        this.layer = layer;
        this.geometry = GroupGeometry.of(layer.layout());
        this.choices = choices;
        this.survivors = survivors;
        this.grouped = new long[BitWords.count(geometry.elements())];
        this.ordered = geometry.contiguous() ? grouped : new long[grouped.length];
    }

    long elements() {
        return geometry.elements();
    }

    long groups() {
        return geometry.groups();
    }

    /** Output channels whose mask bits {@link #order} has to bring into order. */
    long unordered() {
        return geometry.contiguous() ? 0 : geometry.outputs();
    }

    /**
     * Checks the weights and saliencies with flat indices from {@code from} up to {@code to}.
     *
     * @throws NonFiniteSaliencyException that names the first that is no finite number
     */
    void requireFinite(long from, long to, LayerValues values) {
        requireFinite(from, to, values.saliencies(), "saliency");
        requireFinite(from, to, values.weights(), "weight");
    }

    /** Ranks and removes in the groups from {@code from} (a multiple of {@link Survivors#ALIGNED_GROUPS}) up to {@code to}. */
    void retain(long from, long to, int keep, LayerValues values) {
        GroupRanking ranking = new GroupRanking(choices);
        ExactRanking.Magnitudes magnitudes = (group, k) ->
                Math.abs(values.weights().getAtIndex(JAVA_FLOAT, geometry.groupIndex(group) + k * geometry.spatial()));
        float[] saliencies = new float[CHUNK * geometry.m()];
        long[] low = new long[CHUNK];
        long[] high = new long[CHUNK];
        for (long start = from; start < to; start += CHUNK) {
            int count = (int) Math.min(CHUNK, to - start);
            gather(start, count, values.saliencies(), saliencies);
            survivors.get(start, count, low, high);
            for (int i = 0; i < count; i++) {
                ranking.saliencies(saliencies, i * geometry.m());
                ranking.retain(low[i], high[i], keep, start + i, magnitudes);
                low[i] = ranking.stayLow();
                high[i] = ranking.stayHigh();
            }
            survivors.set(start, count, low, high);
            putMasks(start, count, low, high);
        }
    }

    /** Forms the union of the survivors of the same groups, without a removal. */
    void unite(long from, long to) {
        long[] low = new long[CHUNK];
        long[] high = new long[CHUNK];
        for (long start = from; start < to; start += CHUNK) {
            int count = (int) Math.min(CHUNK, to - start);
            survivors.get(start, count, low, high);
            putMasks(start, count, low, high);
        }
    }

    /**
     * Brings the mask's bits into the weight's own order, of the output channels from {@code from} (a multiple of
     * {@link BitTransposition#ALIGNED_MATRICES}) up to {@code to}; after all groups.
     */
    void order(long from, long to) {
        geometry.toWeightOrder().fill(ordered, grouped, from, to);
    }

    /** The finished mask; call once, after all parts. */
    LayerMask mask() {
        return LayerMask.owning(layer.layout(), ordered);
    }

    private void requireFinite(long from, long to, MemorySegment values, String what) {
        MemorySegment part = values.asSlice(from * Float.BYTES, (to - from) * Float.BYTES);
        int signs = 0;
        for (int i = 0; i < (int) (to - from); i++) {
            // The sum carries into the sign if, and only if, the exponent is full.
            signs |= (part.getAtIndex(JAVA_INT, i) & Integer.MAX_VALUE) + (Integer.MIN_VALUE - EXPONENT);
        }
        if (signs < 0) {
            throw nonFinite(from, to, values, what);
        }
    }

    private NonFiniteSaliencyException nonFinite(long from, long to, MemorySegment values, String what) {
        long index = from;
        while (index < to - 1 && Float.isFinite(values.getAtIndex(JAVA_FLOAT, index))) {
            index++;
        }
        return new NonFiniteSaliencyException("layer " + layer.parameter() + ", flat index " + index + ": the " + what
                + " is " + values.getAtIndex(JAVA_FLOAT, index) + "; nothing was removed");
    }

    private void gather(long group, int count, MemorySegment values, float[] target) {
        if (geometry.contiguous()) {
            MemorySegment.copy(
                    values, JAVA_FLOAT, geometry.groupIndex(group) * Float.BYTES, target, 0, count * geometry.m());
            return;
        }
        long perRow = geometry.groupsPerRow();
        long inRow = group % perRow;
        long index = geometry.groupIndex(group);
        int next = 0;
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < geometry.m(); k++) {
                target[next++] = values.getAtIndex(JAVA_FLOAT, index);
                index += geometry.spatial();
            }
            if (++inRow == perRow) {
                inRow = 0;
                index = geometry.groupIndex(group + i + 1);
            }
        }
    }

    /** Writes the unions of these survivors of the groups from this one on, which starts a word. */
    private void putMasks(long group, int count, long[] low, long[] high) {
        BitWriter writer = new BitWriter(grouped, (int) (group * geometry.m() / Long.SIZE));
        for (int i = 0; i < count; i++) {
            writer.put(choices.union(low[i], high[i]), geometry.m());
        }
        writer.finish();
    }
}
