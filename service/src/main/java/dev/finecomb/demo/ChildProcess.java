package dev.finecomb.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java process of the demo's own; what it prints goes to a file. */
final class ChildProcess {
    private final Process process;
    private final Path log;

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code java} with these arguments, appending what it prints to the log. */
    static ChildProcess start(List<String> arguments, Path log) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        ProcessBuilder.Redirect toLog = ProcessBuilder.Redirect.appendTo(log.toFile());
        ProcessBuilder builder =
                new ProcessBuilder(java(arguments)).redirectOutput(toLog).redirectError(toLog);
        // The broker and this process share the cores: libtorch's waiting threads must not spin.
        builder.environment().putIfAbsent("OMP_WAIT_POLICY", "passive");
        return new ChildProcess(builder.start(), log);
    }

    /**
     * Starts {@code java}, deaf to Ctrl-C, and waits for a line of its standard output that begins with this word.
     *
     * @throws IOException when the process ends without saying it
     */
    static Ready awaitLine(List<String> arguments, String word, Path log) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        // Ctrl-C reaches every process of the terminal at once. This one ignores it: others still need it for their own
        // end.
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        command.addAll(java(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        var child = new ChildProcess(process, log);
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(word + " ")) {
                return new Ready(child, line.substring(word.length() + 1).strip());
            }
        }
        throw new IOException(
                "the process ended before it was ready; its log " + log + " ends with\n" + child.lastLines());
    }

    /** A process that is up, and what it said then. */
    record Ready(ChildProcess child, String said) {}

    private static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return command;
    }

    boolean endsWithin(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGTERM: the process may finish what it has begun. */
    void terminate() {
        process.destroy();
    }

    /** Closes its standard input, which tells a broker to stop. */
    void closeInput() throws IOException {
        process.getOutputStream().close();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** The end of its log, for a person to read. */
    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(its log " + log + " can't be read: " + e + ")";
        }
    }
}
