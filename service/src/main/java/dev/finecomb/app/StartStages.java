package dev.finecomb.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long each stage of a start took, said once, when training begins. Stages of two threads may overlap. */
final class StartStages {
    private static final Logger LOG = LoggerFactory.getLogger(StartStages.class);

    private final LongSupplier nanoTime;
    private final long bornNanos;
    private final List<String> told = new ArrayList<>();

    /**
     * Stages of a process that is running already.
     *
     * @param process the time that it took to come here
     */
    StartStages(LongSupplier nanoTime, Duration process) {
        this.nanoTime = nanoTime;
        this.bornNanos = nanoTime.getAsLong() - process.toNanos();
        tell("process", process.toNanos());
    }

    /** Measures from here on. */
    long begin() {
        return nanoTime.getAsLong();
    }

    /** A stage that began then is over. */
    void end(String stage, long beganNanos) {
        tell(stage, nanoTime.getAsLong() - beganNanos);
    }

    private synchronized void tell(String stage, long nanos) {
        told.add(stage + " " + seconds(nanos));
    }

    /** The first step is done, so training began before it. */
    synchronized void stepped(long stepNanos) {
        LOG.info(
                "first step began {} after the process: {}",
                seconds(begin() - stepNanos - bornNanos),
                String.join(", ", told));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }
}
