package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Require;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How a weight's elements fall into groups. A weight [O, I, spatial...] is walked in <em>grouped order</em>: O, spatial...,
 * I, so that the M weights of a group, neighbours along the input-channel axis, stand side by side. For a linear layer's
 * [O, I] that is the weight's own order; a convolution's group has a memory stride of the spatial size.
 *
 * @param shape the weight's shape, output channels first, input channels second
 * @param m weights in a group; divides the input channels
 */
public record GroupedLayout(List<Long> shape, int m) {
    /** The axis along which weights are neighbours in a group: the input channels. */
    public static final int GROUP_AXIS = 1;

    /** Most axes of a weight. */
    public static final int MAX_RANK = 8;

    /** Refuses shapes that can't be grouped with an {@link InvalidValueException}. */
    public GroupedLayout {
        shape = List.copyOf(shape);
        if (m < 2 || m > Pattern.MAX_GROUP) {
            throw new InvalidValueException("m", "2 to " + Pattern.MAX_GROUP, Integer.toString(m));
        }
        if (shape.size() < 2 || shape.size() > MAX_RANK) {
            throw new InvalidValueException(
                    "shape", "[O, I, spatial...] of 2 to " + MAX_RANK + " axes", shape.toString());
        }
        shape.forEach(length -> Require.atLeast("shape", length, 1));
        product(shape);
        if (shape.get(GROUP_AXIS) % m != 0) {
            throw new InvalidValueException("shape", "input channels divisible by " + m, shape.toString());
        }
    }

    /** Number of weights. */
    public long elements() {
        return product(shape);
    }

    /** Number of groups. */
    public long groups() {
        return elements() / m;
    }

    /** Number of input channels: the length of a row. */
    public long inputChannels() {
        return shape.get(GROUP_AXIS);
    }

    /** Number of rows: runs of grouped order along which the weight's index grows by {@link #stride()}. */
    public long rows() {
        return elements() / inputChannels();
    }

    /** Distance in the weight's own layout between neighbours of a row: the spatial size, 1 for a linear layer. */
    public long stride() {
        return product(shape.subList(GROUP_AXIS + 1, shape.size()));
    }

    /** Index in the weight's own layout of a row's first element. */
    public long rowStart(long row) {
        long stride = stride();
        return row / stride * inputChannels() * stride + row % stride;
    }

    /** The weight's axes in grouped order, for example [0, 2, 3, 1]: what a transposition to grouped order takes. */
    public List<Long> permutation() {
        return LongStream.concat(
                        LongStream.concat(LongStream.of(0), LongStream.range(GROUP_AXIS + 1, shape.size())),
                        LongStream.of(GROUP_AXIS))
                .boxed()
                .toList();
    }

    /** Index in the weight's own row-major layout of the element that comes {@code groupedIndex}-th in grouped order. */
    public long weightIndex(long groupedIndex) {
        long inputs = inputChannels();
        return rowStart(groupedIndex / inputs) + groupedIndex % inputs * stride();
    }

    /** The inverse of {@link #weightIndex}. */
    public long groupedIndex(long weightIndex) {
        long inputs = inputChannels();
        long stride = stride();
        long spatial = weightIndex % stride;
        long channel = weightIndex / stride;
        return (channel / inputs * stride + spatial) * inputs + channel % inputs;
    }

    private static long product(List<Long> lengths) {
        long product = 1;
        for (long length : lengths) {
            if (length > Long.MAX_VALUE / product) {
                throw new InvalidValueException("shape", "less than 2^63 elements", lengths.toString());
            }
            product *= length;
        }
        return product;
    }
}
