package dev.finecomb.demo;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fine-tunes a pre-trained network on a real Kafka stream while it becomes 2:4 sparse, and shows it. The broker and the
 * service are processes of their own, as in production; the digits travel through the broker. Interrupted, it resumes.
 */
public final class Demo {
    private static final int MOST_RESTARTS = 20;

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
        // Interrupted, the hook waits for this thread, which a call of exit would hold up for as long as hooks run.
        if (!demo.interrupted) {
            demo.interrupted = true;
            System.exit(exitCode);
        }
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
        ChildProcess.Ready ready = ChildProcess.awaitLine(
                EmbeddedKafka.command(directory.resolve("broker")), "READY", directory.resolve("broker.log"));
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
        DemoSettings.copyModel(model);
        return model;
    }

    private int train(String bootstrapServers, Path before) throws IOException, InterruptedException {
        int port = freePort();
        Path settings = directory.resolve("finecomb.yml");
        Files.writeString(
                settings,
                DemoSettings.yaml(bootstrapServers, DemoSettings.JOB, DemoSettings.STEPS, before, directory),
                StandardCharsets.UTF_8);
        out.printf("Kafka listens on %s, the live page is http://127.0.0.1:%d/%n", bootstrapServers, port);
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
                        "--add-modules",
                        "jdk.incubator.vector",
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
                    long produced = new DigitsStream(digits, DemoSettings.SEED)
                            .produce(bootstrapServers, DemoSettings.TOPIC, DemoSettings.STEPS);
                    out.printf("produced %d batches of 64 digits in negative to %s%n", produced, DemoSettings.TOPIC);
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
                "  look at the topics        ./mvnw -Pbroker -Dbroker.directory=%s   (until Ctrl-C)%n",
                directory.resolve("broker").toAbsolutePath());
        out.printf("  begin anew                delete %s, then the demo again%n%n", directory);
        return 0;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
