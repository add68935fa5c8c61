package dev.finecomb.protocol.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.finecomb.protocol.tensor.Quoted;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads one JSON value of nested arrays of numbers as a tensor, and sees that it is rectangular on the way. */
final class NestedNumbers {
    private static final long UNKNOWN = -1;

    private final JsonParser parser;
    private final String name;
    private final NumberArray numbers;
    /** By depth: how many elements every array there has, or {@link #UNKNOWN} until the first has ended. */
    private final long[] sizes;

    private int deepest;
    private int rank; // depth at which the numbers stand; 0 until the first

    NestedNumbers(JsonParser parser, String name, NumberArray numbers, int maxRank) {
        this.parser = parser;
        this.name = name;
        this.numbers = numbers;
        this.sizes = new long[maxRank];
        Arrays.fill(sizes, UNKNOWN);
    }

    /** Reads the value whose first token is the parser's current one. */
    Tensor read() throws IOException, RefusedException {
        if (parser.currentToken().isNumeric()) {
            throw new RefusedException(
                    RejectReason.SHAPE,
                    "tensor " + Quoted.name(name) + " is a single number; its first axis must be the samples");
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw notNumber();
        }
        readArray(1);
        if (rank == 0) {
            throw new RefusedException(
                    RejectReason.EMPTY, "tensor " + Quoted.name(name) + " holds no numbers; send at least one sample");
        }
        List<Long> shape = new ArrayList<>(rank);
        for (int axis = 0; axis < rank; axis++) {
            shape.add(sizes[axis]);
        }
        return numbers.toTensor(name, shape);
    }

    private void readArray(int depth) throws IOException, RefusedException {
        if (depth > sizes.length) {
            throw tooDeep(name, sizes.length);
        }
        deepest = Math.max(deepest, depth);
        long size = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == JsonToken.START_ARRAY) {
                requireRectangular(depth != rank);
                readArray(depth + 1);
            } else if (token.isNumeric()) {
                requireRectangular(rank == 0 ? deepest == depth : rank == depth);
                rank = depth;
                numbers.add(parser, name);
            } else {
                throw notNumber();
            }
            size++;
        }
        requireRectangular(sizes[depth - 1] == UNKNOWN || sizes[depth - 1] == size);
        sizes[depth - 1] = size;
    }

    private void requireRectangular(boolean condition) throws RefusedException {
        if (!condition) {
            throw new RefusedException(
                    RejectReason.SHAPE,
                    "tensor " + Quoted.name(name) + " is ragged before character "
                            + parser.currentLocation().getCharOffset() + "; arrays of one level must be of one length");
        }
    }

    private RefusedException notNumber() {
        return new RefusedException(
                RejectReason.JSON_SYNTAX,
                "tensor " + Quoted.name(name) + " holds something else than arrays and numbers at character "
                        + parser.currentLocation().getCharOffset() + "; send nested arrays of numbers");
    }

    static RefusedException tooDeep(String name, int most) {
        return new RefusedException(
                RejectReason.JSON_DEPTH,
                "key " + Quoted.name(name) + " nests deeper than the limit of " + most + " levels; flatten it");
    }
}
