package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.Topics;
import dev.finecomb.security.JobRights;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns the commands' consumer. It never gives up: a topic that is gone, may not be read or was made anew is
 * logged and looked at again. A topic that does not hold the next record, or is another one of the same name, is read from
 * its beginning; the loop knows an order that it met before by its id.
 */
final class CommandReader {
    private static final Logger LOG = LoggerFactory.getLogger(CommandReader.class);
    private static final Duration POLL_WAIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    private static final long BEGINNING = -1;

    private final JobRights rights;
    private final TopicPartition partition;
    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final Admin admin;
    private final BlockingQueue<CommandRecord> queue;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    /** Of the reading thread once it runs. */
    private Place next;

    /** Where to read on; an empty identity is no topic's. */
    record Place(String topicId, long offset) {}

    CommandReader(
            KafkaConfig config,
            Consumer<byte @Nullable [], byte @Nullable []> consumer,
            Admin admin,
            BlockingQueue<CommandRecord> queue,
            Place next) {
        this.rights = JobRights.ofService(config);
        this.partition = new TopicPartition(new Topics(config.prefix(), config.job()).commands(), 0);
        this.consumer = consumer;
        this.admin = admin;
        this.queue = queue;
        this.next = next;
        this.thread = Thread.ofPlatform().daemon().name("finecomb-commands").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Asks for the end, from any thread. */
    void stop() {
        stopping.countDown();
        consumer.wakeup();
    }

    void join() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void run() {
        try {
            while (!isStopping()) {
                readUntilTrouble();
            }
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE_WAIT));
        }
    }

    private void readUntilTrouble() throws InterruptedException {
        try {
            seek();
            while (!isStopping()) {
                read();
            }
        } catch (WakeupException stopped) {
            // The loop above ends.
        } catch (OffsetOutOfRangeException gone) {
            LOG.warn(
                    "{} does not hold the next record any more (offset {}: truncated, made anew, or its retention is"
                            + " shorter than the outage); reading on at its beginning",
                    partition,
                    next.offset());
            next = new Place(next.topicId(), BEGINNING);
        } catch (RuntimeException | ExecutionException e) {
            if (!isStopping()) {
                LOG.warn(
                        "commands can't be read from {}, trying again in {} s: {}",
                        partition,
                        PAUSE.toSeconds(),
                        reason(e));
                boolean _ = stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private String reason(Exception failure) {
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        return rights.explain(JobRights.about(partition.topic(), cause), AclOperation.READ)
                .orElseGet(() -> ClientFailure.rootOf(failure).toString());
    }

    private void seek() throws ExecutionException, InterruptedException {
        String found = admin.describeTopics(List.of(partition.topic()))
                .allTopicNames()
                .get()
                .values()
                .iterator()
                .next()
                .topicId()
                .toString();
        if (!found.equals(next.topicId())) {
            if (!next.topicId().isEmpty()) {
                LOG.warn(
                        "{} was made anew (id {} before, now {}); reading it from its beginning",
                        partition,
                        next.topicId(),
                        found);
            }
            next = new Place(found, BEGINNING);
        }
        consumer.assign(List.of(partition));
        if (next.offset() == BEGINNING) {
            consumer.seekToBeginning(List.of(partition));
        } else {
            consumer.seek(partition, next.offset());
        }
    }

    private void read() throws InterruptedException {
        for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : consumer.poll(POLL_WAIT)) {
            CommandRecord command = CommandRecord.of(next.topicId(), record);
            while (!queue.offer(command, POLL_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                if (isStopping()) {
                    return;
                }
            }
            next = new Place(next.topicId(), record.offset() + 1);
        }
    }
}
