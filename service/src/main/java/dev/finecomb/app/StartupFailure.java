package dev.finecomb.app;

import dev.finecomb.cli.ExitCode;

/**
 * The start can't go on. Its message says what is wrong, where, and the remedy; the process prints it and ends with the
 * exit code.
 */
public final class StartupFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    /** A failure with its whole message. */
    public StartupFailure(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** A failure that another one caused, with its whole message. */
    public StartupFailure(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** A message of three parts, without full stops. */
    public static String message(String what, String where, String remedy) {
        return what + " (" + where + "). Remedy: " + remedy + ".";
    }

    /** What the process ends with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
