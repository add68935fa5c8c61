package dev.finecomb.app;

import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.PastMetrics;
import dev.finecomb.protocol.message.StepMetrics;
import dev.finecomb.status.History;
import dev.finecomb.status.JobStatus;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills the history with the steps of former processes, on a thread of its own beside the training. */
final class PastSteps {
    private static final Logger LOG = LoggerFactory.getLogger(PastSteps.class);

    private final History history;
    private final Supplier<PastMetrics> metrics;

    PastSteps(History history, Supplier<PastMetrics> metrics) {
        this.history = history;
        this.metrics = metrics;
    }

    /** The reading that is under way; closing it ends it. */
    interface Reading extends AutoCloseable {
        @Override
        void close();
    }

    /** Reads the steps of this incarnation up to where the job stands, if it is not at its beginning. */
    Reading readFrom(JobStatus restored) {
        long last = restored.training().progress().step();
        if (last == 0) {
            return () -> {};
        }
        String incarnation = restored.identity().incarnation();
        Thread reader = Thread.ofVirtual().name("past-steps").start(() -> read(incarnation, last));
        return reader::interrupt;
    }

    private void read(String incarnation, long last) {
        var newest = new AtomicLong();
        try {
            metrics.get().read(said -> {
                long step = said.origin().step();
                // At least once, a step may be said again.
                boolean isNew = step > newest.get() && step <= last;
                if (isNew && said.origin().incarnation().equals(incarnation)) {
                    newest.set(step);
                    history.add(step(said));
                }
            });
        } catch (BrokerUnreachableException | OperatorNeededException e) {
            LOG.warn("the page shows no steps before {}: {}", last, e.getMessage());
        }
    }

    private static History.Step step(StepMetrics said) {
        return new History.Step(
                said.origin().step(),
                said.learning().loss(),
                said.learning().accuracy(),
                said.progress().survivors(),
                said.progress().density());
    }
}
