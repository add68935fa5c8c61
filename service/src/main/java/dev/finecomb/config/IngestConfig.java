package dev.finecomb.config;

/**
 * Bounds of what is read ahead and of what is refused.
 *
 * @param prefetchBytes bytes of decoded batches that may wait for the training thread
 * @param maxRecordBytes size of a record's value above which it is refused as {@code TOO_LARGE}
 * @param maxRejectRatio share of rejects among the last 1000 records above which the job stops, 0 to 1
 * @param merge in which order several partitions are read
 */
public record IngestConfig(
        @Setting(
                doc = "Bytes of batches that may wait for the training thread",
                defaultValue = "64MiB",
                bytes = true,
                min = 1024,
                resumable = true)
        long prefetchBytes,

        @Setting(
                doc = "Size of a record above which it is refused",
                defaultValue = "8MiB",
                bytes = true,
                min = 1024,
                max = Integer.MAX_VALUE,
                resumable = true)
        long maxRecordBytes,

        @Setting(
                doc = "Share of rejects among the last 1000 records above which the job stops; a new job counts as if"
                        + " 1000 good ones had come before, and a restart forgets none",
                defaultValue = "0.2",
                min = 0,
                max = 1,
                resumable = true)
        double maxRejectRatio,

        @Setting(doc = "In which order several partitions are read", defaultValue = "ordered", resumable = true)
        Merge merge) {

    /** In which order several partitions are read. */
    public enum Merge {
        /** A record of each partition in turn, waiting for it: the result depends on the records alone. */
        ORDERED,
        /** Whatever is there first: nothing waits for a slow partition, and two runs may train in different orders. */
        ARRIVAL
    }
}
