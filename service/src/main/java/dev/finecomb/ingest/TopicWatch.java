package dev.finecomb.ingest;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Looks now and then whether the input topic is still the one that was found at the start. A consumer alone does not tell:
 * it waits for a deleted topic without end, and reads a new one of the same name as if it were the old. So what was read
 * since the last look that went well may be another topic's.
 */
final class TopicWatch implements AutoCloseable {
    private final Admin admin;
    private final InputTopic topic;
    private final Consumer<OperatorNeededException> onLost;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("finecomb-topic-watch").factory());

    TopicWatch(Admin admin, InputTopic topic, Consumer<OperatorNeededException> onLost) {
        this.admin = admin;
        this.topic = topic;
        this.onLost = onLost;
    }

    void start(Duration interval) {
        var _ = executor.scheduleWithFixedDelay(
                this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            topic.requireSame(admin);
        } catch (OperatorNeededException lost) {
            onLost.accept(lost);
            executor.shutdown();
        } catch (RetriableException brokerAway) {
            // Nothing is known; the next look may tell.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
