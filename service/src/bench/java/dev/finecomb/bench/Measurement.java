package dev.finecomb.bench;

import java.util.List;

/** A subject that is measured as a whole and gives some rows. */
public interface Measurement {
    /** By which it is chosen. */
    String name();

    /**
     * Measures; whatever it allocates is free again afterwards.
     *
     * @param progress told of every part as it is done
     */
    List<Row> measure(Progress progress) throws Exception;
}
