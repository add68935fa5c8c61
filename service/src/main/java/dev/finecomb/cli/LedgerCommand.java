package dev.finecomb.cli;

import dev.finecomb.ledger.Delivery;
import dev.finecomb.ledger.Ledger;
import dev.finecomb.ledger.LedgerAccessException;
import dev.finecomb.ledger.LedgerReport;
import dev.finecomb.ledger.LedgerUnavailableException;
import java.util.concurrent.Callable;
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
            defaultValue = "exactly-once",
            description = "What the job promises: exactly-once, the default, or at-least-once.")
    private Delivery delivery = Delivery.EXACTLY_ONCE;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        try {
            LedgerReport report = Ledger.audit(broker.clientProperties(), broker.topics(), delivery, broker.timeout());
            output.out().println(output.isJson() ? report.toJson() : report);
            return (report.holds() ? ExitCode.DONE : ExitCode.BROKEN_PROMISE).code();
        } catch (LedgerUnavailableException e) {
            throw new CommandFailure(ExitCode.RETRY, e.getMessage(), e);
        } catch (LedgerAccessException e) {
            throw new CommandFailure(ExitCode.CONFIGURATION, e.getMessage(), e);
        }
    }
}
