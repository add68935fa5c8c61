package dev.finecomb.cli;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import dev.finecomb.ledger.Delivery;
import dev.finecomb.ledger.Ledger;
import dev.finecomb.ledger.LedgerAccessException;
import dev.finecomb.ledger.LedgerReport;
import dev.finecomb.ledger.LedgerUnavailableException;
import dev.finecomb.ledger.ModelFiles;
import dev.finecomb.storage.ObjectStorage;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether everything that a job left in its topics is as it promises. */
@Command(
        name = "ledger",
        description = "Checks a job's topics: steps, offsets, identities, masks, digests, the model.",
        mixinStandardHelpOptions = true)
final class LedgerCommand implements Callable<Integer> {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--delivery",
            paramLabel = "WORD",
            description = "What the job promises: exactly-once or at-least-once; by default kafka.delivery of"
                    + " --config-file, and exactly-once without one.")
    private Optional<Delivery> delivery = Optional.empty();

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try {
            LedgerReport report = Ledger.audit(
                    broker.clientProperties(),
                    broker.topics(),
                    new Ledger.Promise(
                            promised(),
                            broker.settings().map(LedgerCommand::models).orElse(ModelFiles.LOCAL)),
                    broker.timeout());
            output.out().println(output.isJson() ? report.toJson() : report);
            return (report.holds() ? ExitCode.DONE : ExitCode.BROKEN_PROMISE).code();
        } catch (LedgerUnavailableException e) {
            throw new CommandFailure(ExitCode.RETRY, e.getMessage(), e);
        } catch (LedgerAccessException e) {
            if (e.getCause() instanceof AuthorizationException denied) {
                throw broker.failure(denied);
            }
            throw new CommandFailure(ExitCode.CONFIGURATION, e.getMessage(), e);
        }
    }

    /** The settings say how an object store is reached. */
    private static ModelFiles models(FinecombConfig settings) {
        return location -> {
            Optional<Place> place = Place.of(location);
            return place.isPresent() && place.get() instanceof Place.Bucket bucket
                    ? Optional.of(file -> sha256(settings.objectStorage(), bucket, file))
                    : ModelFiles.LOCAL.at(location);
        };
    }

    private static String sha256(ObjectStorageConfig settings, Place.Bucket bucket, String file) throws IOException {
        try (ObjectStorage storage = ObjectStorage.open(settings, bucket)) {
            return storage.sha256(file);
        }
    }

    /** What the option says, else the service's settings, else exactly-once. */
    Delivery promised() throws CommandFailure {
        if (delivery.isPresent()) {
            return delivery.get();
        }
        return broker.settings()
                .map(settings -> switch (settings.kafka().delivery()) {
                    case EXACTLY_ONCE -> Delivery.EXACTLY_ONCE;
                    case AT_LEAST_ONCE -> Delivery.AT_LEAST_ONCE;
                })
                .orElse(Delivery.EXACTLY_ONCE);
    }
}
