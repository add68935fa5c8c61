package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.MalformedMessageException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The dead letters, the newest first or counted by reason. */
@Command(
        name = "ls",
        description = "Lists the refused records, the newest first, or counts them by reason.",
        mixinStandardHelpOptions = true)
final class DeadLettersLsCommand implements Callable<Integer> {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private DeadLetterChoice choice = new DeadLetterChoice();

    @Option(names = "--by-reason", description = "Count them by reason instead, the newest of each as the example.")
    private boolean byReason;

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "20",
            description = "List so many at most, ${DEFAULT-VALUE} by default.")
    private int limit = 20;

    /** What is kept of a letter while the topic is read: not its value. */
    private record Found(long offset, Instant time, int bytes, DeadLetter letter) {
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%d  %s  %s  %s@%d  step %d  %d bytes%n  %s",
                    offset,
                    time,
                    letter.reason(),
                    letter.partition(),
                    letter.offset(),
                    letter.origin().step(),
                    bytes,
                    letter.detail());
        }

        ObjectNode json() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("offset", offset)
                    .put("time", time.toString())
                    .put("reason", letter.reason())
                    .put("topic", letter.partition().topic())
                    .put("partition", letter.partition().partition())
                    .put("sourceOffset", letter.offset())
                    .put("incarnation", letter.origin().incarnation())
                    .put("step", letter.origin().step())
                    .put("bytes", bytes)
                    .put("detail", letter.detail());
        }
    }

    /** How many of a reason, and the newest. */
    private record Count(long letters, Found newest) {
        Count and(Count later) {
            return new Count(letters + later.letters, later.newest);
        }
    }

    @Override
    public Integer call() throws CommandFailure {
        if (limit < 1) {
            throw broker.wrong("--limit is " + limit + "; at least 1 is expected, such as 20");
        }
        Map<String, Count> counts = new TreeMap<>();
        Deque<Found> newest = new ArrayDeque<>();
        String topic = broker.topics().deadLetters();
        try (TopicTail tail = TopicTail.open(broker.patientProperties(), topic)) {
            tail.readAll(broker.timeout(), record -> take(record, counts, newest));
        } catch (KafkaException e) {
            throw broker.failure(e);
        }
        if (byReason) {
            counts.forEach(this::show);
        } else {
            List<Found> shown = new ArrayList<>(newest);
            shown.forEach(found -> output.answer(found.text(), found.json()));
        }
        long all = counts.values().stream().mapToLong(Count::letters).sum();
        if (!byReason && all > newest.size()) {
            output.aside().println((all - newest.size()) + " older ones are not listed: --limit " + all);
        }
        if (all == 0) {
            output.aside().println("none in " + topic);
        }
        output.aside().flush();
        return ExitCode.DONE.code();
    }

    private void show(String reason, Count count) {
        output.answer(
                String.format(
                        Locale.ROOT,
                        "%6d  %-18s newest: %s",
                        count.letters(),
                        reason,
                        count.newest().text()),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("reason", reason)
                        .put("letters", count.letters())
                        .set("newest", count.newest().json()));
    }

    private void take(
            ConsumerRecord<byte @Nullable [], byte @Nullable []> record,
            Map<String, Count> counts,
            Deque<Found> newest) {
        try {
            DeadLetter letter = DeadLetter.readFrom(record.headers());
            if (!choice.takes(letter, record.offset())) {
                return;
            }
            byte @Nullable [] value = record.value();
            var found = new Found(
                    record.offset(),
                    Instant.ofEpochMilli(record.timestamp()),
                    value == null ? 0 : value.length,
                    letter);
            counts.merge(letter.reason(), new Count(1, found), Count::and);
            newest.addFirst(found);
            if (newest.size() > limit) {
                newest.removeLast();
            }
        } catch (MalformedMessageException e) {
            output.aside()
                    .println(record.topic() + " offset " + record.offset() + " is no dead letter: " + e.getMessage());
        }
    }
}
