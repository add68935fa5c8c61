package dev.finecomb.bench;

import dev.finecomb.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Java process that is measured. All have one environment; one can be made to stand still while another is measured. It
 * dies with its owner's {@link #close()}.
 */
final class JavaProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;
    private final Path log;

    private JavaProcess(Process process, Path log) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.log = log;
    }

    /** Starts {@code java}; all it prints is appended to the log. */
    static JavaProcess start(List<String> arguments, Path log) throws IOException {
        ProcessBuilder builder = builder(arguments, log);
        return new JavaProcess(
                builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start(),
                log);
    }

    /** Starts {@code java}, to be talked to; only its complaints are appended to the log. */
    static JavaProcess talkingTo(List<String> arguments, Path log) throws IOException {
        return new JavaProcess(builder(arguments, log).start(), log);
    }

    private static ProcessBuilder builder(List<String> arguments, Path log) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Processes share the cores: libtorch's waiting threads must not spin.
        builder.environment().put("OMP_WAIT_POLICY", "passive");
        return builder;
    }

    /** The rest of the next line it prints that begins with the word. */
    String awaitLine(String word) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(word + " ")) {
                return line.substring(word.length() + 1).strip();
            }
        }
        throw new IOException("the process ended and did not say " + word + ", see " + log);
    }

    /** Gives it a line to read. */
    void say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Makes it stand still. */
    void suspend() throws IOException, InterruptedException {
        Signals.send(process, "STOP");
    }

    /** Lets it go on. */
    void resume() throws IOException, InterruptedException {
        Signals.send(process, "CONT");
    }

    /** Processor time that it took so far. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Tells it to end and waits for that. */
    void end() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IOException("the process does not end, see " + log);
        }
    }

    /** What it printed into its log. */
    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
