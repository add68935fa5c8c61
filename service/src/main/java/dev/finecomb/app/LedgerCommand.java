package dev.finecomb.app;

import dev.finecomb.ledger.Ledger;
import dev.finecomb.ledger.LedgerAccessException;
import dev.finecomb.ledger.LedgerArguments;
import dev.finecomb.ledger.LedgerReport;
import dev.finecomb.ledger.LedgerUnavailableException;
import java.io.PrintStream;
import java.util.List;

/** The sub-command {@code ledger}: the report goes to one stream, complaints to another. */
final class LedgerCommand {
    /** The first argument that asks for it. */
    static final String NAME = "ledger";

    private final PrintStream out;
    private final PrintStream complaints;

    LedgerCommand(PrintStream out, PrintStream complaints) {
        this.out = out;
        this.complaints = complaints;
    }

    /** @param arguments those behind the word {@value #NAME} */
    ExitCode run(List<String> arguments) {
        if (arguments.contains("--help")) {
            out.println(LedgerArguments.USAGE);
            return ExitCode.DONE;
        }
        try {
            LedgerArguments given = LedgerArguments.parse(arguments);
            LedgerReport report =
                    Ledger.audit(given.clientProperties(), given.topics(), given.delivery(), given.timeout());
            out.println(given.json() ? report.toJson() : report);
            return report.holds() ? ExitCode.DONE : ExitCode.BROKEN_PROMISE;
        } catch (LedgerArguments.UsageException e) {
            return failed(ExitCode.USAGE, e);
        } catch (LedgerUnavailableException e) {
            return failed(ExitCode.RETRY, e);
        } catch (LedgerAccessException e) {
            return failed(ExitCode.CONFIGURATION, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(ExitCode.RETRY, e);
        }
    }

    private ExitCode failed(ExitCode exitCode, Exception failure) {
        complaints.println(failure.getMessage());
        return exitCode;
    }
}
