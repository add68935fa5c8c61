package dev.finecomb.export;

import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One weight held against a pattern, group by group along its input channels, as {@link GroupedLayout} says.
 *
 * @param name tensor name
 * @param shape output channels first, input channels second
 * @param nonzeros elements with any bit set; -0.0 counts as one
 * @param groups groups of M
 * @param violations groups that hold more than N nonzeros
 * @param first the first of them in grouped order
 */
public record PatternCount(
        String name,
        DType dtype,
        List<Long> shape,
        long nonzeros,
        long groups,
        long violations,
        Optional<Place> first) {

    /**
     * A group that breaks the pattern.
     *
     * @param group its number in grouped order
     * @param at index of its first element, one number an axis; the others follow along axis 1
     * @param nonzeros what it holds
     */
    public record Place(long group, List<Long> at, int nonzeros) {
        /** Copies the list. */
        public Place {
            at = List.copyOf(at);
        }
    }

    /** Copies the list. */
    public PatternCount {
        shape = List.copyOf(shape);
    }

    /** Whether every group keeps to the pattern. */
    public boolean holds() {
        return violations == 0;
    }

    /** Share of elements that are not zero, 0 to 1. */
    public double density() {
        return (double) nonzeros / elements();
    }

    /** Number of elements. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /**
     * Why a tensor has no groups of M: it has no input channels, or they are not divisible by M. Empty if it has.
     *
     * @param shape of any tensor
     */
    public static Optional<String> obstacle(List<Long> shape, Pattern pattern) {
        if (shape.size() < 2) {
            return Optional.of("has " + (shape.isEmpty() ? "no axis" : "one axis") + ", so no input channels");
        }
        if (shape.contains(0L) || shape.size() > GroupedLayout.MAX_RANK) {
            return Optional.of(shape.contains(0L) ? "is empty" : "has more than " + GroupedLayout.MAX_RANK + " axes");
        }
        return shape.get(GroupedLayout.GROUP_AXIS) % pattern.m() == 0
                ? Optional.empty()
                : Optional.of("input channels (" + shape.get(GroupedLayout.GROUP_AXIS) + ") are not divisible by "
                        + pattern.m());
    }

    /**
     * Counts all of a tensor's groups.
     *
     * @throws dev.finecomb.protocol.InvalidValueException if {@link #obstacle} names one
     */
    public static PatternCount of(Entry tensor, Pattern pattern) {
        GroupedLayout layout = new GroupedLayout(tensor.shape(), pattern.m());
        ElementBits bits = new ElementBits(tensor);
        long stride = layout.stride();
        long groupsPerRow = layout.inputChannels() / pattern.m();
        long nonzeros = 0;
        long violations = 0;
        Optional<Place> first = Optional.empty();
        for (long row = 0, group = 0; row < layout.rows(); row++) {
            long at = layout.rowStart(row);
            for (long end = group + groupsPerRow; group < end; group++, at += pattern.m() * stride) {
                int inGroup = 0;
                for (int k = 0; k < pattern.m(); k++) {
                    inGroup += bits.nonzero(at + k * stride) ? 1 : 0;
                }
                nonzeros += inGroup;
                if (inGroup > pattern.n()) {
                    violations++;
                    first = first.isPresent() ? first : Optional.of(new Place(group, index(at, layout), inGroup));
                }
            }
        }
        return new PatternCount(
                tensor.name(), tensor.dtype(), tensor.shape(), nonzeros, layout.groups(), violations, first);
    }

    /** An element's place, one number an axis. */
    private static List<Long> index(long element, GroupedLayout layout) {
        List<Long> index = new ArrayList<>();
        long rest = element;
        for (long axis : layout.shape().reversed()) {
            index.addFirst(rest % axis);
            rest /= axis;
        }
        return index;
    }
}
