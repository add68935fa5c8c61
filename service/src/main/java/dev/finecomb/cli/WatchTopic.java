package dev.finecomb.cli;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Follows a topic of JSON messages, one line a message. */
abstract class WatchTopic implements Callable<Integer> {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private WatchLimit limit = new WatchLimit();

    @Option(
            names = "--from-beginning",
            description = "Begin with the oldest record that the topic still holds, not with the next that comes.")
    private boolean fromBeginning;

    /** Which of the job's topics it is. */
    abstract String topic(Topics topics);

    /** Makes a line for people of a message's value. */
    abstract String line(byte[] value) throws MalformedMessageException;

    /** Follows until the limit is reached or Ctrl-C. */
    @Override
    public final Integer call() throws CommandFailure {
        limit.requireSensible(broker);
        String topic = topic(broker.topics());
        try (TopicTail tail = TopicTail.open(broker.patientProperties(), topic);
                var _ = OrderlyStop.listening(tail::wakeup, ExitCode.DONE::code)) {
            if (fromBeginning) {
                tail.toBeginning();
            } else {
                tail.toEnd();
            }
            var shown = new AtomicLong();
            tail.follow(record -> {
                boolean counts = show(record);
                return !limit.isReached(counts ? shown.incrementAndGet() : shown.get());
            });
            return ExitCode.DONE.code();
        } catch (WakeupException toldAtOnce) {
            return ExitCode.DONE.code();
        } catch (KafkaException e) {
            throw broker.failure(e);
        }
    }

    /** Whether there was something to show; what can't be read is told beside. */
    private boolean show(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        byte @Nullable [] value = record.value();
        if (value == null) {
            return false;
        }
        try {
            String text = line(value);
            output.out().println(output.isJson() ? new String(value, StandardCharsets.UTF_8) : text);
            output.out().flush();
            return true;
        } catch (MalformedMessageException e) {
            output.aside().println(record.topic() + " offset " + record.offset() + " can't be read: " + e.getMessage());
            output.aside().flush();
            return false;
        }
    }
}
