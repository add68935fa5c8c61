package dev.finecomb.cli;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.IngestConfig;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The size of a record above which the service refuses it. */
final class RecordLimit {
    private static final long DEFAULT_BYTES = 8L << 20;
    private static final int LEAST_BYTES = 1024;
    private static final long PREFETCH_BYTES = 64L << 20;
    private static final double REJECT_RATIO = 0.2;

    @Option(
            names = "--max-record-bytes",
            paramLabel = "BYTES",
            description = "The service's ingest.max-record-bytes, 8388608 by default.")
    private Optional<Integer> bytes = Optional.empty();

    /** The service's settings, or their defaults, under this limit. */
    IngestConfig ingest(BrokerOptions broker) throws CommandFailure {
        if (bytes.isPresent() && bytes.get() < LEAST_BYTES) {
            throw broker.wrong("--max-record-bytes is " + bytes.get() + "; at least " + LEAST_BYTES
                    + " is expected, as of the service's ingest.max-record-bytes, such as 8388608");
        }
        IngestConfig base = broker.settings()
                .map(FinecombConfig::ingest)
                .orElse(new IngestConfig(PREFETCH_BYTES, DEFAULT_BYTES, REJECT_RATIO, IngestConfig.Merge.ORDERED));
        return new IngestConfig(
                base.prefetchBytes(),
                bytes.isPresent() ? bytes.get() : base.maxRecordBytes(),
                base.maxRejectRatio(),
                base.merge());
    }
}
