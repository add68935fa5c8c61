package dev.finecomb.sparsity;

import java.util.Arrays;

/**
 * Which choices (combinations, or positions in the linear variant) of each group are still alive: one bit each, group after group
 * without gaps. A removed choice is a cleared bit, whatever becomes of its score, and never comes back.
 *
 * <p>Groups whose number is a multiple of {@link #ALIGNED_GROUPS} start on a word of their own, so threads that work on runs of such
 * groups never touch the same word.
 */
final class Survivors {
    /** Runs of this many groups share no word with their neighbours, whatever the number of choices. */
    static final int ALIGNED_GROUPS = Long.SIZE;

    private final long groups;
    private final int choices;
    private final long[] words;

    private Survivors(long groups, int choices, long[] words) {
        this.groups = groups;
        this.choices = choices;
        this.words = words;
    }

    /** Every choice of every group alive. */
    static Survivors all(long groups, int choices) {
        long bits = Math.multiplyExact(groups, choices);
        long[] words = new long[Math.toIntExact((bits + Long.SIZE - 1) / Long.SIZE)];
        Arrays.fill(words, -1L);
        if (bits % Long.SIZE != 0) {
            words[words.length - 1] = (1L << bits % Long.SIZE) - 1;
        }
        return new Survivors(groups, choices, words);
    }

    long groups() {
        return groups;
    }

    int choices() {
        return choices;
    }

    boolean alive(long group, int choice) {
        long bit = group * choices + choice;
        return (words[(int) (bit >>> 6)] >>> bit & 1) != 0;
    }

    /** Up to 64 of a group's bits at once, {@code count} of them from choice {@code from} on. */
    long alive(long group, int from, int count) {
        long bit = group * choices + from;
        int word = (int) (bit >>> 6);
        int shift = (int) (bit & 63);
        long bits = words[word] >>> shift;
        if (shift + count > Long.SIZE) {
            bits |= words[word + 1] << (Long.SIZE - shift);
        }
        return bits & -1L >>> (Long.SIZE - count);
    }

    void remove(long group, int choice) {
        long bit = group * choices + choice;
        words[(int) (bit >>> 6)] &= ~(1L << bit);
    }

    int count(long group) {
        int low = Math.min(choices, Long.SIZE);
        int count = Long.bitCount(alive(group, 0, low));
        return choices > low ? count + Long.bitCount(alive(group, low, choices - low)) : count;
    }

    Survivors copy() {
        return new Survivors(groups, choices, words.clone());
    }

    /** Bytes that {@link #toBytes} gives. */
    int size() {
        return Math.toIntExact((groups * choices + 7) / 8);
    }

    /** The bits in order, least significant bit first. */
    byte[] toBytes() {
        byte[] bytes = new byte[size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i >>> 3] >>> ((i & 7) << 3));
        }
        return bytes;
    }

    /** The inverse of {@link #toBytes}, for as many groups and choices as here; the array has this object's {@link #size}. */
    Survivors withBytes(byte[] bytes) {
        long[] read = new long[words.length];
        for (int i = 0; i < bytes.length; i++) {
            read[i >>> 3] |= (bytes[i] & 0xFFL) << ((i & 7) << 3);
        }
        return new Survivors(groups, choices, read);
    }
}
