package dev.finecomb.sparsity;

import java.util.ArrayList;
import java.util.List;

/**
 * Arrays laid end to end in one: where each begins and how long the whole is, in elements. Every part begins at a multiple
 * of {@value #ALIGNMENT}, and so does what follows the last; the elements between are 0.
 *
 * <p>A layout of the first parts is the beginning of the layout of all.
 *
 * @param elements of each part
 * @param offsets of each part
 * @param size of the whole
 */
public record FlatLayout(List<Long> elements, List<Long> offsets, long size) {
    /** 16 KiB of float32, more than any kernel's vector wants; the padding stays below that for each part. */
    public static final int ALIGNMENT = 4096;

    /** The layout of parts of these sizes, in their order. */
    public static FlatLayout of(List<Long> elements) {
        List<Long> offsets = new ArrayList<>();
        long size = 0;
        for (long count : elements) {
            offsets.add(size);
            size += (count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        return new FlatLayout(List.copyOf(elements), List.copyOf(offsets), size);
    }
}
