package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.HeaderNames;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.security.Role;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends refused records to the batches topic again, as they came: key, value and their own headers. */
@Command(
        name = "replay",
        description = {
            "Sends refused records to the batches topic again, as they came. Says what it would send, and sends it by"
                    + " --yes.",
            "Each record once for each incarnation of the job that refused it. What was replayed before is not"
                    + " remembered: replayed twice, it is trained on twice.",
            "With training.batch-size, samples of a record may have been trained on before it was refused: they are"
                    + " trained on again."
        },
        mixinStandardHelpOptions = true)
final class DeadLettersReplayCommand implements Callable<Integer> {
    private static final List<String> ADDED = List.of(
            HeaderNames.ERROR_TOPIC,
            HeaderNames.ERROR_PARTITION,
            HeaderNames.ERROR_OFFSET,
            HeaderNames.ERROR_CLASS,
            HeaderNames.ERROR_MESSAGE,
            HeaderNames.REASON,
            HeaderNames.JOB,
            HeaderNames.INCARNATION,
            HeaderNames.STEP);

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private DeadLetterChoice choice = new DeadLetterChoice();

    @Option(names = "--all", description = "All of them, whatever the reason.")
    private boolean all;

    @Option(names = "--yes", description = "Really send. Without it nothing is sent.")
    private boolean yes;

    /** Where a record stood, and for whom: a topic that was made anew counts its offsets anew. */
    private record Source(TopicPartition partition, long offset, String incarnation) {}

    /** A chosen letter: the record that carries it and what its headers say. */
    private record Chosen(ConsumerRecord<byte @Nullable [], byte @Nullable []> record, DeadLetter letter) {
        Told told() {
            return new Told(record.offset(), letter);
        }
    }

    /** What is told of a letter. */
    private record Told(long offset, DeadLetter letter) {}

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        if (all != choice.isEmpty()) {
            throw broker.wrong("choose the letters: by --reason SHAPE, by --offset 17, by both, or --all of them");
        }
        BatchTopic batches = BatchTopic.look(broker);
        try (TopicTail letters =
                TopicTail.open(broker.patientProperties(), broker.topics().deadLetters())) {
            if (yes) {
                replay(letters, batches);
            } else {
                long found = each(letters, chosen -> show("would send ", chosen.told()));
                output.tell(found + " records would be sent to " + batches.name()
                        + "; nothing was sent: say --yes to send them");
                warn();
            }
        } catch (KafkaException e) {
            throw broker.failure(e, Role.REPLAYER);
        }
        return ExitCode.DONE.code();
    }

    private void replay(TopicTail letters, BatchTopic batches) throws CommandFailure {
        var outcome = new Outcome(output.aside());
        try (var orderly = OrderlyStop.listening(letters::wakeup, outcome, broker.timeout())) {
            try {
                replay(letters, batches, orderly);
                outcome.done();
            } catch (KafkaException e) {
                throw outcome.failed(broker.failure(e, Role.REPLAYER));
            } catch (CommandFailure e) {
                throw outcome.failed(e);
            }
        }
    }

    /** Tells only of what the broker has confirmed. */
    private void replay(TopicTail letters, BatchTopic batches, OrderlyStop orderly) throws CommandFailure {
        Queue<Told> confirmed = new ConcurrentLinkedQueue<>();
        BatchSender sender = BatchSender.open(broker, batches.maxMessageBytes().orElse(0));
        try (sender) {
            each(letters, chosen -> {
                if (!orderly.isAsked()) {
                    Told told = chosen.told();
                    sender.send(anew(chosen, batches), () -> confirmed.add(told));
                }
            });
            sender.flush();
        } finally {
            confirmed.stream()
                    .sorted(Comparator.comparingLong(Told::offset))
                    .forEach(told -> show("sent       ", told));
            output.tell(confirmed.size() + " records were sent to " + batches.name());
        }
        warn();
    }

    private void warn() throws CommandFailure {
        boolean perRecord = broker.settings()
                .map(settings -> settings.training().batchSize().isEmpty())
                .orElse(false);
        if (!perRecord) {
            output.tell("With training.batch-size, those of their samples that were trained on before the refusal are"
                    + " trained on again.");
        }
    }

    private static ProducerRecord<byte @Nullable [], byte @Nullable []> anew(Chosen chosen, BatchTopic batches) {
        var record = chosen.record();
        int partition = chosen.letter().partition().partition() % batches.partitions();
        return new ProducerRecord<>(
                batches.name(), partition, record.key(), record.value(), original(record.headers()));
    }

    /** Hands over the first letter of each chosen record, until Ctrl-C; returns how many. */
    private long each(TopicTail letters, Consumer<Chosen> reader) throws CommandFailure {
        Set<Source> seen = new HashSet<>();
        try {
            letters.readAll(broker.timeout(), record -> {
                try {
                    DeadLetter letter = DeadLetter.readFrom(record.headers());
                    if (choice.takes(letter, record.offset()) && seen.add(source(letter))) {
                        reader.accept(new Chosen(record, letter));
                    }
                } catch (MalformedMessageException e) {
                    output.tell(
                            record.topic() + " offset " + record.offset() + " is no dead letter: " + e.getMessage());
                }
            });
        } catch (WakeupException told) {
            // Ctrl-C: what was handed over so far is all.
        }
        return seen.size();
    }

    private static Source source(DeadLetter letter) {
        return new Source(letter.partition(), letter.offset(), letter.origin().incarnation());
    }

    private void show(String verb, Told told) {
        DeadLetter letter = told.letter();
        output.answer(
                verb + told.offset() + "  " + letter.reason() + "  " + letter.partition() + "@" + letter.offset(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("offset", told.offset())
                        .put("reason", letter.reason())
                        .put("partition", letter.partition().partition())
                        .put("sourceOffset", letter.offset())
                        .put("sent", yes));
    }

    /** The headers that the record came with: those that refusing it added stand last of their name. */
    static Headers original(Headers headers) {
        var rest = new RecordHeaders();
        Set<String> seen = new HashSet<>();
        Header[] all = headers.toArray();
        boolean[] own = new boolean[all.length];
        for (int i = all.length - 1; i >= 0; i--) {
            own[i] = !ADDED.contains(all[i].key()) || !seen.add(all[i].key());
        }
        for (int i = 0; i < all.length; i++) {
            if (own[i]) {
                rest.add(all[i]);
            }
        }
        return rest;
    }
}
