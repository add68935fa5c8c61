package dev.finecomb.sparsity;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * One layer's removal in progress: works on a copy of the survivors, in runs of groups that threads may share out as they like; every
 * group's outcome depends on that group alone.
 */
final class LayerRemoval {
    private final SparseLayer layer;
    private final GroupGeometry geometry;
    private final int[] choices;
    private final Survivors survivors;
    private final byte[] mask;

    LayerRemoval(SparseLayer layer, int[] choices, Survivors survivors) {
        this.layer = layer;
        this.geometry = GroupGeometry.of(layer.layout());
        this.choices = choices;
        this.survivors = survivors;
        this.mask = new byte[BitWords.bytes(geometry.elements())];
    }

    long groups() {
        return geometry.groups();
    }

    /** Ranks and removes in the groups from {@code from} (a multiple of {@link Survivors#ALIGNED_GROUPS}) up to {@code to}. */
    void retain(long from, long to, int keep, LayerValues values) {
        GroupRanking ranking = new GroupRanking(choices, geometry.m());
        for (long group = from; group < to; group++) {
            long index = geometry.groupIndex(group);
            gather(index, values.saliencies(), ranking.saliency, "saliency");
            gather(index, values.weights(), ranking.magnitude, "weight");
            for (int k = 0; k < ranking.magnitude.length; k++) {
                ranking.magnitude[k] = Math.abs(ranking.magnitude[k]);
            }
            ranking.retain(survivors, group, keep);
        }
    }

    /** Forms the union of the survivors of the same groups. */
    void unite(long from, long to) {
        int all = (1 << geometry.m()) - 1;
        for (long group = from; group < to; group++) {
            int union = 0;
            for (int first = 0; first < choices.length; first += Long.SIZE) {
                int count = Math.min(Long.SIZE, choices.length - first);
                for (long bits = survivors.alive(group, first, count); bits != 0 && union != all; bits &= bits - 1) {
                    union |= choices[first + Long.numberOfTrailingZeros(bits)];
                }
            }
            putMask(group, union);
        }
    }

    Survivors survivors() {
        return survivors;
    }

    /** The finished mask; call once, after all runs. */
    LayerMask mask() {
        return LayerMask.of(layer.layout(), mask);
    }

    private void gather(long first, MemorySegment values, double[] target, String what) {
        long index = first;
        for (int k = 0; k < target.length; k++) {
            float value = values.getAtIndex(JAVA_FLOAT, index);
            if (!Float.isFinite(value)) {
                throw new NonFiniteSaliencyException("layer " + layer.parameter() + ", flat index " + index + ": the "
                        + what + " is " + value + "; nothing was removed");
            }
            target[k] = value;
            index += geometry.spatial();
        }
    }

    private void putMask(long group, int union) {
        long bit = group * geometry.m();
        int at = (int) (bit >>> 3);
        for (int shifted = union << (bit & 7); shifted != 0; shifted >>>= 8) {
            mask[at] = (byte) (mask[at] | shifted);
            at++;
        }
    }
}
