package dev.finecomb.cli;

import org.jspecify.annotations.Nullable;

/** A command could not do what it was asked. The message says what, where and the remedy, and what was done before, if anything. */
public final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /** A failure with its whole message. */
    public CommandFailure(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** A failure that another one caused, with its whole message. */
    public CommandFailure(ExitCode exitCode, @Nullable String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** What the process ends with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
