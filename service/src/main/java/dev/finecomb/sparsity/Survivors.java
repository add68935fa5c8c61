package dev.finecomb.sparsity;

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
        return new Survivors(groups, choices, BitWords.allSet(Math.multiplyExact(groups, choices)));
    }

    /**
     * The inverse of {@link #toBytes}.
     *
     * @param bytes {@link #size} many, no bit set beyond the last group
     */
    static Survivors of(long groups, int choices, byte[] bytes) {
        return new Survivors(groups, choices, BitWords.of(bytes));
    }

    /** Bytes that {@link #toBytes} gives. */
    static int size(long groups, int choices) {
        return BitWords.bytes(Math.multiplyExact(groups, choices));
    }

    long groups() {
        return groups;
    }

    int choices() {
        return choices;
    }

    boolean alive(long group, int choice) {
        return BitWords.get(words, group * choices + choice, 1) != 0;
    }

    /**
     * Reads the groups from {@code group} on, a group per entry: {@code low} receives the bits of the choices 0 to 63, {@code high} those of
     * the others. Apart from {@link #set}, so that the processor can work on many groups at once instead of awaiting each word's last write.
     */
    void get(long group, int count, long[] low, long[] high) {
        for (int i = 0; i < count; i++) {
            low[i] = low(group + i);
            high[i] = high(group + i);
        }
    }

    /** Writes what {@link #get} reads; whole words, so {@code group} is a multiple of {@link #ALIGNED_GROUPS} and the last is too, or is the end. */
    void set(long group, int count, long[] low, long[] high) {
        BitWriter writer = new BitWriter(words, (int) (group * choices / Long.SIZE));
        for (int i = 0; i < count; i++) {
            writer.put(low[i], Math.min(choices, Long.SIZE));
            if (choices > Long.SIZE) {
                writer.put(high[i], choices - Long.SIZE);
            }
        }
        writer.finish();
    }

    int count(long group) {
        return Long.bitCount(low(group)) + Long.bitCount(high(group));
    }

    Survivors copy() {
        return new Survivors(groups, choices, words.clone());
    }

    /** The bits in order, least significant bit first. */
    byte[] toBytes() {
        return BitWords.toBytes(words, groups * choices);
    }

    private long low(long group) {
        return BitWords.get(words, group * choices, Math.min(choices, Long.SIZE));
    }

    private long high(long group) {
        return choices <= Long.SIZE ? 0 : BitWords.get(words, group * choices + Long.SIZE, choices - Long.SIZE);
    }
}
