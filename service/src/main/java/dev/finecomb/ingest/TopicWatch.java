package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether the input topic is still the one that was found at the start. A consumer alone does not tell:
 * it waits for a deleted topic without end, and reads a new one of the same name as if it were the old. So what was read
 * since the last look that went well may be another topic's. Nor does it read a partition that was added, nor tell that no
 * broker is there.
 */
final class TopicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);

    private final KafkaConfig config;
    private final Admin admin;
    private final InputTopic topic;
    private final PrefetchQueue queue;
    private volatile boolean brokerAway;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("finecomb-topic-watch").factory());

    TopicWatch(KafkaConfig config, Admin admin, InputTopic topic, PrefetchQueue queue) {
        this.config = config;
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
            broker(false);
        } catch (OperatorNeededException lost) {
            revoke(lost);
        } catch (RestartLaterException partitionAdded) {
            queue.fail(partitionAdded);
            executor.shutdown();
        } catch (KafkaException unanswered) {
            judge(unanswered);
        } catch (RuntimeException unforeseen) {
            // Thrown from here it would end the looks, and nobody would hear of it.
            queue.fail(new RestartLaterException(
                    "Input topic " + topic.name() + " cannot be looked after: " + unforeseen, unforeseen));
            executor.shutdown();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void judge(KafkaException unanswered) {
        try {
            revoke(ClientFailure.whileRunning(
                    config, "Input topic " + topic.name() + " cannot be described", unanswered));
        } catch (BrokerUnreachableException away) {
            // Nothing else is known; the next look may tell.
            broker(true);
        } catch (RestartLaterException credentials) {
            queue.fail(credentials);
            executor.shutdown();
        }
    }

    private void broker(boolean away) {
        if (away && !brokerAway) {
            LOG.warn("no broker answers at {}; the job waits, and goes on when one does", config.bootstrapServers());
        } else if (!away && brokerAway) {
            LOG.info("a broker answers again");
        }
        brokerAway = away;
    }

    /** Whether no broker answered at the last look; for any thread. */
    boolean isBrokerAway() {
        return brokerAway;
    }

    private void revoke(OperatorNeededException lost) {
        queue.revoke(lost);
        executor.shutdown();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
