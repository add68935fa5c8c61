package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.finecomb.cli.SampleOptions.Source;
import dev.finecomb.protocol.HeaderNames;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.security.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends samples of files as training batches. */
@Command(
        name = "produce",
        description = {
            "Sends samples from CSV, NumPy or safetensors files to the job's batches topic, one record a batch.",
            "Everything is checked first as the service would: if it would refuse one record, none is sent."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  finecomb produce digits.csv --label-column digit --shape 1,8,8 --classes 10 \\",
            "    --bootstrap-servers localhost:9092 --job digits",
            "  finecomb produce --x x.npy --y y.npy --rate 50 --repeat 0 --config-file job.yml"
        })
final class ProduceCommand implements Callable<Integer> {
    /** What a record takes beside its value: framing, the partition's batch header, this command's own header. */
    private static final int FRAMING_BYTES = 512;

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private SampleOptions options = new SampleOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--rate", paramLabel = "NUMBER", description = "Records a second; as fast as it goes by default.")
    private double rate = Double.POSITIVE_INFINITY;

    @Option(
            names = "--repeat",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Send everything so many times, 0: until Ctrl-C; ${DEFAULT-VALUE} by default.")
    private long repeat = 1;

    @Option(names = "--dry-run", description = "Check everything, ask no broker, send nothing.")
    private boolean dryRun;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        if (!(rate > 0)) {
            throw broker.wrong("--rate is " + rate + "; a number of records a second above 0 is expected, such as 20");
        }
        if (repeat < 0) {
            throw broker.wrong("--repeat is " + repeat + "; 0, for until Ctrl-C, or a number of times is expected");
        }
        BatchSchema schema = options.schema(broker);
        List<Source> sources = options.open(broker, schema);
        try {
            var batches = new Batches(sources);
            Batches.Size size = batches.check(schema);
            sources.forEach(source -> output.tell(
                    source.samples().file() + ": " + source.samples().describe()));
            if (dryRun) {
                answer("would send", size.records(), size, broker.topics().batches());
            } else {
                send(batches, size);
            }
            return ExitCode.DONE.code();
        } catch (KafkaException e) {
            throw broker.failure(e, Role.PRODUCER);
        } finally {
            sources.forEach(source -> source.samples().close());
        }
    }

    private void send(Batches batches, Batches.Size size) throws CommandFailure, InterruptedException {
        BatchTopic topic = BatchTopic.look(broker);
        requireRoom(topic, size.largest());
        var stop = new CountDownLatch(1);
        var outcome = new Outcome(output.aside());
        try (var _ = OrderlyStop.listening(stop::countDown, outcome, broker.timeout())) {
            try {
                send(batches, topic, stop, size);
                outcome.done();
            } catch (KafkaException e) {
                throw outcome.failed(broker.failure(e, Role.PRODUCER));
            } catch (CommandFailure e) {
                throw outcome.failed(e);
            }
        }
    }

    private void send(Batches batches, BatchTopic topic, CountDownLatch stop, Batches.Size size)
            throws CommandFailure, InterruptedException {
        BatchSender sender = BatchSender.open(broker, size.largest());
        try (sender) {
            send(batches, topic, sender, stop, size);
            sender.flush();
        } finally {
            // Closed: what is not confirmed by now never will be.
            answer("sent", sender.confirmed(), size, topic.name());
        }
    }

    private void send(Batches batches, BatchTopic topic, BatchSender sender, CountDownLatch stop, Batches.Size size)
            throws CommandFailure, InterruptedException {
        var progress = new ProgressLine(output.aside());
        var pace = new Pace(rate);
        long[] sent = {0};
        boolean more = true;
        for (long round = 0; more && (repeat == 0 || round < repeat); round++) {
            more = batches.each(value -> {
                if (stop.await(pace.nanosBefore(sent[0]), TimeUnit.NANOSECONDS)) {
                    return false;
                }
                // In turn: the order in which the service takes them from several partitions by itself.
                int partition = (int) ((topic.emptiest() + sent[0]) % topic.partitions());
                sender.send(new ProducerRecord<>(topic.name(), partition, null, null, value, headers()));
                sent[0]++;
                if (progress.isDue()) {
                    progress.show(progress(sender.confirmed(), size));
                }
                return true;
            });
        }
        progress.end();
    }

    private static RecordHeaders headers() {
        var headers = new RecordHeaders();
        headers.add(HeaderNames.CONTENT_TYPE, BatchEncoder.CONTENT_TYPE.getBytes(StandardCharsets.UTF_8));
        return headers;
    }

    private String progress(long confirmed, Batches.Size size) {
        return "sent " + confirmed + (repeat == 0 ? "" : " of " + size.records() * repeat) + " records";
    }

    /** The broker would refuse a record that is too large only when others are already in. */
    private void requireRoom(BatchTopic topic, int largest) throws CommandFailure {
        String compression =
                String.valueOf(broker.clientProperties().getOrDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none"));
        if (compression.equals("none")
                && topic.maxMessageBytes().isPresent()
                && largest + (long) FRAMING_BYTES > topic.maxMessageBytes().getAsLong()) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    "A record of " + largest + " bytes does not fit topic " + topic.name() + ", which takes "
                            + topic.maxMessageBytes().getAsLong()
                            + " with its framing. Take a smaller --batch-size, or raise the topic's max.message.bytes."
                            + " Nothing was sent.");
        }
    }

    private void answer(String verb, long records, Batches.Size size, String topic) {
        output.answer(
                String.format(
                        Locale.ROOT,
                        "%s %d records to %s; once through the files is %d records, %d samples, %d bytes",
                        verb,
                        records,
                        topic,
                        size.records(),
                        size.samples(),
                        size.bytes()),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("topic", topic)
                        .put("sent", dryRun ? 0 : records)
                        .put("records", size.records())
                        .put("samples", size.samples())
                        .put("bytes", size.bytes())
                        .put("largestBytes", size.largest()));
    }
}
