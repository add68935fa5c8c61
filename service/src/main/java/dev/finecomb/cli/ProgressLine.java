package dev.finecomb.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;

/** One living line on a terminal; elsewhere a line every ten seconds. */
final class ProgressLine {
    private static final long TERMINAL_NANOS = Duration.ofMillis(200).toNanos();
    private static final long FILE_NANOS = Duration.ofSeconds(10).toNanos();

    private final PrintWriter out;
    private final boolean terminal;
    private long last = System.nanoTime();
    private boolean open;

    ProgressLine(PrintWriter out) {
        this.out = out;
        this.terminal = isTerminal();
    }

    // Null is how JDK 25 says that nobody looks; other releases return a console that is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** Whether a line is due, for whoever has to make it first. */
    boolean isDue() {
        return System.nanoTime() - last >= (terminal ? TERMINAL_NANOS : FILE_NANOS);
    }

    void show(String line) {
        last = System.nanoTime();
        if (terminal) {
            out.print("\r" + line + "\u001b[K");
            open = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Leaves the line as it stands. */
    void end() {
        if (open) {
            out.println();
            out.flush();
        }
    }
}
