package dev.finecomb.config;

import java.util.OptionalLong;

/**
 * Where the finished model goes, and what follows it.
 *
 * @param directory holds the finished model
 * @param whenFinished what the service does after the export
 * @param everySteps steps between two exports when it goes on
 */
public record ExportConfig(
        @Setting(
                doc = "Holds the finished model",
                remedy = "name a directory, which is made if it does not exist, or s3://bucket/prefix",
                resumable = true)
        Place directory,

        @Setting(doc = "What the service does after the export", defaultValue = "idle", resumable = true)
        WhenFinished whenFinished,

        @Setting(doc = "Steps between two exports when it goes on", min = 1, resumable = true)
        OptionalLong everySteps) {

    /** What the service does after the export. */
    public enum WhenFinished {
        /** It stays up, answers, and trains no more. */
        IDLE,
        /** It ends with exit code 0. */
        STOP,
        /** It trains on under the fixed masks and exports again every so many steps. */
        CONTINUE
    }
}
