package dev.finecomb.loop;

import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RejectedRecord;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of rejected records in the loop: they are told of in the log, and too many of them end the job. */
final class Rejections {
    private static final Logger LOG = LoggerFactory.getLogger(Rejections.class);

    private final double maxRatio;
    private final RejectRate rate;
    private final RejectionLog log;

    /**
     * Goes on with a window of judged records.
     *
     * @param maxRatio the setting {@code ingest.max-reject-ratio}
     * @param window what {@link #window()} said at the cut; empty for a new job
     * @param nanoTime nanoseconds since some moment
     */
    Rejections(double maxRatio, String window, LongSupplier nanoTime) {
        this.maxRatio = maxRatio;
        this.rate = new RejectRate(maxRatio, window);
        this.log = new RejectionLog(nanoTime, LOG::warn);
    }

    /** So many records were trained on. */
    void accepted(int records) {
        rate.count(false, records);
    }

    void rejected(RejectedRecord rejected) {
        log.rejected(rejected);
        rate.count(true, 1);
    }

    /** Ends the job if there were too many; to be called when everything is noted that the last cut must hold. */
    void requireFew(RejectedRecord last) throws OperatorNeededException {
        if (rate.isTooHigh()) {
            throw new OperatorNeededException(rate.rejected() + " of the last 1000 records of "
                    + last.record().topic()
                    + " were rejected, more than finecomb.ingest.max-reject-ratio " + maxRatio
                    + " allows. The last one: " + last.reason() + ", " + last.detail()
                    + ". Look into the dead letters, mend the producer, then start again;"
                    + " or raise the ratio.");
        }
    }

    /** To be called often: counts of what was not told of record by record come at most a minute late. */
    void sumUpIfDue() {
        log.sumUpIfDue();
    }

    /** Nothing more comes. */
    void end() {
        log.sumUp();
    }

    /** The judged records, for the cut. */
    String window() {
        return rate.window();
    }
}
