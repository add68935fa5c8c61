package dev.finecomb.protocol.message;

import dev.finecomb.protocol.Require;

/** One record of the batches topic: its partition and its offset. */
public record RecordPosition(int partition, long offset) {
    /** Refuses negative numbers. */
    public RecordPosition {
        Require.atLeast("partition", partition, 0);
        Require.atLeast("offset", offset, 0);
    }
}
