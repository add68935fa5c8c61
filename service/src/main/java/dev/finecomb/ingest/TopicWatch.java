package dev.finecomb.ingest;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Looks now and then whether the input topic is still the one that was found at the start. A consumer alone does not tell:
 * it waits for a deleted topic without end, and reads a new one of the same name as if it were the old. So what was read
 * since the last look that went well may be another topic's. Nor does it read a partition that was added.
 */
final class TopicWatch implements AutoCloseable {
    private final Admin admin;
    private final InputTopic topic;
    private final PrefetchQueue queue;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("finecomb-topic-watch").factory());

    TopicWatch(Admin admin, InputTopic topic, PrefetchQueue queue) {
        this.admin = admin;
        this.topic = topic;
        this.queue = queue;
    }

    void start(Duration interval) {
        var _ = executor.scheduleWithFixedDelay(
                this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            topic.requireSame(admin);
        } catch (OperatorNeededException lost) {
            queue.revoke(lost);
            executor.shutdown();
        } catch (RestartLaterException partitionAdded) {
            queue.fail(partitionAdded);
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
