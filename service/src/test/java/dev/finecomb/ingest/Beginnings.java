package dev.finecomb.ingest;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Where inputs begin whose records are all there. */
public final class Beginnings {
    private Beginnings() {}

    /** The beginning of so many partitions. */
    public static Positions of(int partitions) {
        return Positions.of(
                IntStream.range(0, partitions).boxed().collect(Collectors.toMap(number -> number, _ -> 0L)));
    }
}
