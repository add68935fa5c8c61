package dev.finecomb.compute;

/**
 * Which elements of an array are alive: bit {@code i % 64} of word {@code i / 64} for element i. A view of words that nobody writes to.
 *
 * <p>An array and not a segment: in a loop beside segments the compiler makes an assumption about a segment that holds bits, meets its
 * opposite, and compiles anew, a hundred times over.
 */
public final class Mask {
    final long[] words;
    /** Where element 0 is. */
    final int first;

    private Mask(long[] words, int first) {
        this.words = words;
        this.first = first;
    }

    /** A view of the whole array, which is not copied and must not change any more. */
    public static Mask of(long[] words) {
        return new Mask(words, 0);
    }

    /** The mask of the elements from this one on, which is a multiple of 64. */
    public Mask from(long element) {
        if (element % Long.SIZE != 0) {
            throw new IllegalArgumentException("element " + element + " is within a word");
        }
        return new Mask(words, first + Math.toIntExact(element / Long.SIZE));
    }

    /** Whether this element is alive. */
    public boolean isAlive(long element) {
        return (words[first + (int) (element >>> 6)] >>> element & 1) != 0;
    }
}
