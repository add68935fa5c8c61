package dev.finecomb.config;

import java.time.Duration;

/**
 * Where and how often trainer state becomes durable.
 *
 * @param directory holds the checkpoints of this job and nothing else
 * @param everySteps steps after which a cut is due
 * @param every time after which a cut is due
 * @param keep committed checkpoints that are kept beside the newest
 * @param outboxBytes pending outputs after which a cut is due
 * @param onCorrupt what a start does that finds the committed checkpoint damaged
 */
public record CheckpointConfig(
        @Setting(
                doc = "Holds the checkpoints of this job",
                remedy = "name a directory on a disk that outlives the process, or s3://bucket/prefix",
                resumable = true)
        Place directory,

        @Setting(doc = "Steps after which a cut is due", defaultValue = "100", min = 1, resumable = true)
        long everySteps,

        @Setting(doc = "Time after which a cut is due", defaultValue = "10s", min = 0.1, resumable = true)
        Duration every,

        @Setting(
                doc = "Committed checkpoints kept beside the newest",
                defaultValue = "2",
                min = 0,
                max = 1000,
                resumable = true)
        int keep,

        @Setting(
                doc = "Pending outputs after which a cut is due",
                defaultValue = "32MiB",
                bytes = true,
                min = 1024,
                resumable = true)
        long outboxBytes,

        @Setting(
                doc = "What a start does that finds the committed checkpoint damaged",
                defaultValue = "stop",
                resumable = true)
        OnCorrupt onCorrupt) {

    /** What a start does that finds the committed checkpoint damaged. */
    public enum OnCorrupt {
        /** It ends with exit code 78 and names the file. */
        STOP,
        /**
         * It takes the newest older checkpoint that is whole, trains again what came after it, and goes on only if the
         * outcome is the committed one to the bit.
         */
        REWIND
    }
}
