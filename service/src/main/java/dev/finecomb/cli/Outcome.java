package dev.finecomb.cli;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How a command that has something to lose ends: unless it says that all is done, another start is needed. It is told from the
 * command's thread and asked from that of an {@link OrderlyStop}.
 */
final class Outcome {
    private final PrintWriter complaints;
    private final AtomicReference<ExitCode> exitCode = new AtomicReference<>(ExitCode.RETRY);
    private final AtomicReference<String> complaint = new AtomicReference<>("");

    Outcome(PrintWriter complaints) {
        this.complaints = complaints;
    }

    /** What was begun is finished, and nothing is lost. */
    void done() {
        exitCode.set(ExitCode.DONE);
    }

    /** Notes the failure and returns it, to be thrown. */
    CommandFailure failed(CommandFailure failure) {
        exitCode.set(failure.exitCode());
        complaint.set(String.valueOf(failure.getMessage()));
        return failure;
    }

    /** The number that the process ends with. */
    int code() {
        return exitCode.get().code();
    }

    /** Prints the failure, if there is one. */
    void tell() {
        if (!complaint.get().isEmpty()) {
            complaints.println(complaint.get());
            complaints.flush();
        }
    }
}
