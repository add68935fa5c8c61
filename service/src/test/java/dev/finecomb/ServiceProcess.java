package dev.finecomb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The packaged service as a process of its own: {@code java -jar finecomb.jar}. */
public final class ServiceProcess implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final Path log;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private ServiceProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts it with a configuration file; what it prints is appended to {@code service.log} beside that. */
    public static ServiceProcess start(Path settings, String... arguments) throws IOException {
        List<String> program = new ArrayList<>(List.of("-jar", jar().toString()));
        program.addAll(List.of(arguments));
        return start(settings, program);
    }

    /** Starts it at the port of one that ended. */
    public static ServiceProcess startAt(int port, Path settings, String... arguments) throws IOException {
        List<String> program = new ArrayList<>(List.of("-jar", jar().toString()));
        program.addAll(List.of(arguments));
        return start(settings, shortLived(), program, port);
    }

    /** Starts it without any argument for the virtual machine, as a user would. */
    public static ServiceProcess startPlain(Path settings) throws IOException {
        return start(settings, List.of(), List.of("-jar", jar().toString()));
    }

    /** Starts it with an archive of its classes, as users do who want a start to be short. */
    public static ServiceProcess startArchived(Path settings) throws IOException {
        return start(settings, List.of(SharedClasses.argument(java(), jar())), List.of("-jar", jar().toString()));
    }

    /**
     * Starts a main class of the tests on the packaged service's class path.
     *
     * @param jvmArguments system properties and the like
     */
    public static ServiceProcess startMain(Path settings, Class<?> main, List<String> jvmArguments) throws IOException {
        List<String> program = new ArrayList<>(jvmArguments);
        program.addAll(List.of(
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                // Not the tests' own.
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                jar() + File.pathSeparator + Path.of("target/test-classes").toAbsolutePath(),
                main.getName()));
        return start(settings, program);
    }

    private static Path jar() {
        return Path.of(System.getProperty("finecomb.jar", "target/finecomb.jar"))
                .toAbsolutePath();
    }

    private static ServiceProcess start(Path settings, List<String> program) throws IOException {
        return start(settings, shortLived(), program);
    }

    private static List<String> shortLived() throws IOException {
        return List.of(
                SharedClasses.argument(java(), jar()),
                // It lives for seconds.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:disable",
                "-Xmx512m");
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static ServiceProcess start(Path settings, List<String> machine, List<String> program) throws IOException {
        return start(settings, machine, program, freePort());
    }

    private static ServiceProcess start(Path settings, List<String> machine, List<String> program, int port)
            throws IOException {
        Path log = settings.toAbsolutePath().resolveSibling("service.log");
        List<String> command = new ArrayList<>(List.of(java().toString()));
        command.addAll(machine);
        command.addAll(
                List.of("-Dmicronaut.config.files=" + settings.toAbsolutePath(), "-Dmicronaut.server.port=" + port));
        command.addAll(program);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new ServiceProcess(process, log, port);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Where it answers. */
    public int port() {
        return port;
    }

    /** The job's status; empty while nobody answers. */
    public Optional<JsonNode> job() throws InterruptedException {
        try {
            return Optional.of(
                    JSON.readTree(send(HttpRequest.newBuilder(uri("/job"))).body()));
        } catch (IOException notUp) {
            return Optional.empty();
        }
    }

    /** Gives an order and returns the answer. */
    public HttpResponse<String> post(String verb) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/job/" + verb)).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Gives an order with a JSON body and returns the answer. */
    public HttpResponse<String> post(String verb, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/job/" + verb))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Reads any page. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(40)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Waits until the status says so; false when the process ended before. */
    public boolean awaitJob(Predicate<JsonNode> wanted, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() < deadline) {
            if (job().filter(wanted).isPresent()) {
                return true;
            }
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        throw new AssertionError("not within " + atMost + "; the log says\n" + log());
    }

    /** Waits at most so long; says whether the process has ended. */
    public boolean endsWithin(Duration atMost) throws InterruptedException {
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** SIGSTOP: it stands still and does not know it. */
    public void suspend() throws IOException, InterruptedException {
        Signals.send(process, "STOP");
    }

    /** SIGCONT. */
    public void wake() throws IOException, InterruptedException {
        Signals.send(process, "CONT");
    }

    /** Whether the process is no more. */
    public boolean hasEnded() {
        return !process.isAlive();
    }

    /** Waits for the end. */
    public int exitCode(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still running after " + atMost + "; the log says\n" + log());
        }
        return process.exitValue();
    }

    /** All it printed, earlier processes of the same directory included. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        http.close();
    }
}
