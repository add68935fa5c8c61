package dev.finecomb.demo;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Fine-tunes a pre-trained network on a real Kafka stream while it becomes 2:4 sparse, and shows it. The broker and the
 * service are processes of their own, as in production; the digits travel through the broker. Interrupted, it resumes.
 */
public final class Demo {
    private static final int STEPS = 600;
    private static final long SEED = 1;
    private static final int MOST_RESTARTS = 20;
    private static final String JOB = "digits";
    private static final String TOPIC = "finecomb." + JOB + ".batches";

    private final Path directory;
    private final Path jar;
    private final PrintStream out;
    private final Digits digits;
    private volatile Optional<ChildProcess> service = Optional.empty();
    private volatile boolean interrupted;

    private Demo(Path directory, Path jar, PrintStream out) throws IOException {
        this.directory = directory.toAbsolutePath();
        this.jar = jar.toAbsolutePath();
        this.out = out;
        this.digits = Digits.load();
    }

    /** Arguments: the directory that everything is written to, and the service's jar. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: Demo DIRECTORY finecomb.jar");
            System.exit(64);
        }
        var demo = new Demo(Path.of(arguments[0]), Path.of(arguments[1]), System.out);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> demo.interrupt(main)));
        int exitCode = demo.run();
        demo.interrupted = true;
        System.exit(exitCode);
    }

    /** Ctrl-C: lets the service make its cut, then stops the broker, and lets the main thread say where it stands. */
    private void interrupt(Thread main) {
        if (interrupted) {
            return;
        }
        interrupted = true;
        service.ifPresent(ChildProcess::terminate);
        try {
            main.join(35_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int run() throws IOException, InterruptedException {
        Path before = prepare();
        out.println("starting a Kafka broker ...");
        ChildProcess.Ready ready = ChildProcess.awaitLine(brokerCommand(), "READY", directory.resolve("broker.log"));
        try {
            return train(ready.said(), before);
        } finally {
            ready.child().closeInput();
            if (!ready.child().endsWithin(20_000)) {
                ready.child().kill();
            }
        }
    }

    private Path prepare() throws IOException {
        Files.createDirectories(directory.resolve("model"));
        Path model = directory.resolve("model").resolve("digits-cnn.pt");
        try (InputStream bytes = Objects.requireNonNull(Demo.class.getResourceAsStream("digits-cnn.pt"))) {
            Files.copy(bytes, model, StandardCopyOption.REPLACE_EXISTING);
        }
        return model;
    }

    private int train(String bootstrapServers, Path before) throws IOException, InterruptedException {
        int port = freePort();
        Path settings = directory.resolve("finecomb.yml");
        Files.writeString(settings, settings(bootstrapServers, before), StandardCharsets.UTF_8);
        out.printf("Kafka listens on %s, the service answers on http://127.0.0.1:%d/job%n", bootstrapServers, port);
        int exitCode = 0;
        for (int starts = 0; starts <= MOST_RESTARTS && !interrupted; starts++) {
            exitCode = runService(settings, port, bootstrapServers);
            if (exitCode == 0 || exitCode == 78 || interrupted) {
                break;
            }
            out.printf(
                    "%nthe service ended with exit code %d, starting it again: it resumes at its last commit%n",
                    exitCode);
        }
        return conclude(exitCode, before);
    }

    private int runService(Path settings, int port, String bootstrapServers) throws IOException, InterruptedException {
        ChildProcess child = ChildProcess.start(
                List.of(
                        "-Xmx1g",
                        "-Dmicronaut.config.files=" + settings,
                        "-Dmicronaut.server.port=" + port,
                        "-jar",
                        jar.toString()),
                directory.resolve("service.log"));
        service = Optional.of(child);
        var line = new ProgressLine(out, isTerminal());
        boolean fed = false;
        try (var view = new JobView(port)) {
            while (!child.endsWithin(200)) {
                var status = view.look();
                if (!fed
                        && status.isPresent()
                        && status.get().path("runtime").path("owner").asBoolean()) {
                    long produced = new DigitsStream(digits, SEED).produce(bootstrapServers, TOPIC, STEPS);
                    out.printf("produced %d batches of 64 digits in negative to %s%n", produced, TOPIC);
                    fed = true;
                }
                status.ifPresent(line::show);
            }
        }
        line.end();
        return child.exitCode();
    }

    // Null is how JDK 25 says that nobody looks; other releases return a console that is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private int conclude(int exitCode, Path before) throws IOException {
        Path export = directory.resolve("export");
        if (exitCode != 0) {
            out.printf(
                    "the service ended with exit code %d; the end of %s:%n%s%n",
                    exitCode,
                    directory.resolve("service.log"),
                    service.map(ChildProcess::lastLines).orElse(""));
            return exitCode;
        }
        if (Files.notExists(export.resolve("manifest.json"))) {
            out.println("stopped; what was trained is committed. The same command resumes.");
            return 0;
        }
        new Report(digits, out).print(before, export);
        out.printf("  the model                 %s%n", export);
        out.printf("  the service's log         %s%n", directory.resolve("service.log"));
        out.printf(
                "  look at the topics        ./mvnw -Pbroker   (serves %s until Ctrl-C)%n",
                directory.resolve("broker"));
        out.printf("  begin anew                ./mvnw clean, then the demo again%n%n");
        return 0;
    }

    private List<String> brokerCommand() {
        return List.of(
                "-Xmx512m",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedKafka.class.getName(),
                directory.resolve("broker").toString(),
                "0");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private String settings(String bootstrapServers, Path model) {
        return """
                # Written by the demo; ./mvnw -Pdemo writes it anew at every start.
                finecomb:
                  kafka:
                    bootstrap-servers: %s
                    job: %s
                    create-topics: true
                  model:
                    uri: %s
                    device: cpu
                    classes: 10
                  training:
                    loss: softmax-cross-entropy
                    optimizer:
                      kind: sgd
                      momentum: 0.9
                      weight-decay: 0.0005
                    learning-rate:
                      kind: cosine
                      base: 0.05
                      total-steps: %d
                    seed: %d
                  sparsity:
                    pattern: "2:4"
                    removal-end: %d
                    settle-steps: %d
                  checkpoint:
                    directory: %s
                    every-steps: 50
                  export:
                    directory: %s
                    when-finished: stop
                """.formatted(
                        bootstrapServers,
                        JOB,
                        model.toUri(),
                        STEPS,
                        SEED,
                        STEPS / 2,
                        STEPS / 2,
                        directory.resolve("checkpoints"),
                        directory.resolve("export"));
    }
}
