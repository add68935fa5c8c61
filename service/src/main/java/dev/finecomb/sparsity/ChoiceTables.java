package dev.finecomb.sparsity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The choices of a group, at most 128, prepared for inner loops. Immutable; shared by all threads.
 *
 * <p>Sums: choices share their first positions, so their sums are formed along a tree of prefixes: {@code sums[0]} is the empty one,
 * {@code sums[1 + k]} position k alone, then come the longer prefixes, each after the one it extends, and a choice is one addition more.
 * So every sum is formed from its lowest position to its highest, and 4:8 takes 125 additions instead of 280.
 *
 * <p>Unions: the union of a set of choices is the union of one table entry per eight choices.
 */
final class ChoiceTables {
    private static final int BYTE = 1 << Byte.SIZE;

    private final int m;
    private final int[] prefixes; // per node beyond the single positions: the node it extends, ...
    private final int[] extensions; // ... and the node of the position it adds
    private final int[] heads; // per choice: the node of all its positions but the last, ...
    private final int[] tails; // ... and the node of the last
    private final short[] unions; // [choices / 8][256]

    /**
     * Tables of these choices.
     *
     * @param choices each as bits, bit k for position k; none is empty
     * @param m positions in a group
     */
    ChoiceTables(int[] choices, int m) {
        this.m = m;
        this.heads = new int[choices.length];
        this.tails = new int[choices.length];
        List<int[]> longer = new ArrayList<>();
        Map<Integer, Integer> nodes = new HashMap<>();
        for (int choice = 0; choice < choices.length; choice++) {
            int last = Integer.highestOneBit(choices[choice]);
            heads[choice] = node(choices[choice] ^ last, nodes, longer);
            tails[choice] = single(last);
        }
        this.prefixes = longer.stream().mapToInt(node -> node[0]).toArray();
        this.extensions = longer.stream().mapToInt(node -> node[1]).toArray();
        this.unions = unions(choices);
    }

    /** The number of choices. */
    int count() {
        return heads.length;
    }

    /** Positions in a group. */
    int m() {
        return m;
    }

    /** Room for the sums of all prefixes; the first stays 0. */
    double[] newSums() {
        return new double[1 + m + prefixes.length];
    }

    /** Forms the prefixes' sums; those of the single positions, which no {@code -0.0} may be among, are there already. */
    void extend(double[] sums) {
        for (int i = 0; i < prefixes.length; i++) {
            sums[1 + m + i] = sums[prefixes[i]] + sums[extensions[i]];
        }
    }

    /** A choice's sum, from the prefixes' sums; never {@code -0.0}. */
    double sum(int choice, double[] sums) {
        return sums[heads[choice]] + sums[tails[choice]];
    }

    /** The positions that any of these choices keeps; bits of {@code high} stand for the choices from 64 on. */
    int union(long low, long high) {
        return union(low, 0) | (high == 0 ? 0 : union(high, Long.BYTES));
    }

    private int union(long alive, int firstTable) {
        int union = 0;
        int table = firstTable;
        for (long left = alive; left != 0; left >>>= Byte.SIZE) {
            union |= unions[table++ << Byte.SIZE | (int) (left & 0xFF)];
        }
        return union & 0xFFFF;
    }

    private int node(int prefix, Map<Integer, Integer> nodes, List<int[]> longer) {
        if (Integer.bitCount(prefix) < 2) {
            return prefix == 0 ? 0 : single(prefix);
        }
        Integer known = nodes.get(prefix);
        if (known != null) {
            return known;
        }
        int last = Integer.highestOneBit(prefix);
        longer.add(new int[] {node(prefix ^ last, nodes, longer), single(last)});
        int node = m + longer.size();
        nodes.put(prefix, node);
        return node;
    }

    private static int single(int position) {
        return 1 + Integer.numberOfTrailingZeros(position);
    }

    private static short[] unions(int[] choices) {
        short[] unions = new short[(choices.length + Byte.SIZE - 1) / Byte.SIZE * BYTE];
        for (int i = 0; i < unions.length; i++) {
            int first = i / BYTE * Byte.SIZE;
            for (int left = i % BYTE; left != 0; left &= left - 1) {
                int choice = first + Integer.numberOfTrailingZeros(left);
                unions[i] |= (short) (choice < choices.length ? choices[choice] : 0);
            }
        }
        return unions;
    }
}
