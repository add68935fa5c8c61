package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The job's commands topic, read by a thread of its own into a short queue. It is member of no group, commits nothing and
 * sees committed records only. Trouble with it is logged and never reaches the training.
 *
 * <p>{@link #start}, {@link #poll} and {@link #close} belong to one thread.
 */
public final class CommandTopic implements CommandSource {
    private static final int QUEUED_RECORDS = 16;
    private static final int FETCH_BYTES = 256 << 10;

    private final KafkaConfig config;
    private final KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer;
    private final Admin admin;
    private final BlockingQueue<CommandRecord> queue = new ArrayBlockingQueue<>(QUEUED_RECORDS);
    private Optional<CommandReader> reader = Optional.empty();

    private CommandTopic(
            KafkaConfig config, KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer, Admin admin) {
        this.config = config;
        this.consumer = consumer;
        this.admin = admin;
    }

    /**
     * Makes the clients; connects lazily.
     *
     * @throws BrokerUnreachableException if the brokers' names cannot be resolved
     * @throws OperatorNeededException if the configured client properties are impossible
     */
    public static CommandTopic open(KafkaConfig config) throws RestartLaterException, OperatorNeededException {
        try {
            Map<String, Object> settings = ClientSettings.consumer(config, "commands");
            settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
            settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
            return new CommandTopic(config, new KafkaConsumer<>(settings), Admin.create(ClientSettings.admin(config)));
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The Kafka consumer of the commands cannot be made", e);
        }
    }

    @Override
    public void start(String topicId, long nextOffset) {
        if (reader.isPresent()) {
            throw new IllegalStateException("a source is started once");
        }
        var started = new CommandReader(config, consumer, admin, queue, new CommandReader.Place(topicId, nextOffset));
        reader = Optional.of(started);
        started.start();
    }

    @Override
    public Optional<CommandRecord> poll() {
        return Optional.ofNullable(queue.poll());
    }

    @Override
    public void close() {
        reader.ifPresent(CommandReader::stop);
        // Nobody waits for a look at the topic that is still under way.
        admin.close(Duration.ZERO);
        reader.ifPresentOrElse(CommandReader::join, consumer::close);
    }
}
