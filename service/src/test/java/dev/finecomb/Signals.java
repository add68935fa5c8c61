package dev.finecomb;

import java.io.IOException;

/** What a process is told by its number. */
public final class Signals {
    private Signals() {}

    /**
     * Sends a signal.
     *
     * @param name without {@code SIG}, such as {@code STOP}
     */
    public static void send(Process process, String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " " + process.pid() + " ended with " + code);
        }
    }
}
