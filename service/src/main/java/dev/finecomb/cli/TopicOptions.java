package dev.finecomb.cli;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.publish.TopicLayout;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the topics depend on beside their names. */
final class TopicOptions {
    @Mixin
    private RecordLimit limit = new RecordLimit();

    @Option(
            names = "--partitions",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Partitions of the batches topic, ${DEFAULT-VALUE} by default; the others have one.")
    private int partitions = 1;

    @Option(
            names = "--replicas",
            paramLabel = "NUMBER",
            description = "Brokers that keep each topic; by default as many as the broker makes by itself.")
    private Optional<Integer> replicas = Optional.empty();

    TopicLayout layout(BrokerOptions broker) {
        try {
            return new TopicLayout(
                    partitions, replicas.isPresent() ? OptionalInt.of(replicas.get()) : OptionalInt.empty());
        } catch (IllegalArgumentException wrong) {
            throw broker.wrong("--" + wrong.getMessage());
        }
    }

    IngestConfig ingest(BrokerOptions broker) throws CommandFailure {
        return limit.ingest(broker);
    }
}
