package dev.finecomb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.finecomb.demo.EmbeddedKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A broker as a process of its own, on one port and one directory: it can be stopped, killed and started again, and comes
 * back with the same data under the same address.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path directory;
    private final int port;
    private final Map<String, String> properties;
    private Process process;

    private BrokerProcess(Path directory, int port, Map<String, String> properties) throws IOException {
        this.directory = directory;
        this.port = port;
        this.properties = new TreeMap<>(properties);
        this.process = launch();
    }

    /**
     * Starts a broker and waits until it accepts clients.
     *
     * @param properties of the broker, over those of {@link EmbeddedKafka}
     */
    public static BrokerProcess start(Path directory, Map<String, String> properties) throws Exception {
        return awaited(new BrokerProcess(directory, freePort(), properties));
    }

    /**
     * Starts a broker that clients reach on two ways: straight, by {@link #bootstrapServers()}, and through a proxy, by the
     * proxy's address, which is what the broker then tells them to come back to. What the broker says to itself never goes
     * through the proxy.
     */
    public static BrokerProcess startBehind(TcpProxy proxy, Path directory, Map<String, String> properties)
            throws Exception {
        int port = freePort();
        int hidden = freePort();
        proxy.forwardTo(hidden);
        Map<String, String> all = new TreeMap<>(properties);
        String straight = "PLAINTEXT://127.0.0.1:" + port;
        all.put("listeners", straight + ",PROXIED://127.0.0.1:" + hidden + ",CONTROLLER://127.0.0.1:0");
        all.put("advertised.listeners", straight + ",PROXIED://" + proxy.address());
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT");
        return awaited(new BrokerProcess(directory, port, all));
    }

    private static BrokerProcess awaited(BrokerProcess broker) throws Exception {
        try {
            broker.awaitReady();
            return broker;
        } catch (Exception | AssertionError e) {
            broker.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                // It lives for seconds.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedKafka.class.getName(),
                directory.toString(),
                Integer.toString(port)));
        properties.forEach((name, value) -> command.add(name + "=" + value));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("broker.log").toFile()))
                .start();
    }

    private void awaitReady() throws Exception {
        var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            reader.lines().filter(line -> line.startsWith("READY ")).forEach(line -> ready.complete(true));
            ready.complete(false);
        });
        try {
            if (!ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the broker on " + directory + " ended: " + log());
            }
        } catch (TimeoutException | ExecutionException e) {
            throw new AssertionError("the broker on " + directory + " did not come up: " + log(), e);
        }
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("broker.log"));
    }

    /** Starts it again after {@link #stop()} or {@link #kill()}, and waits until it accepts clients. */
    public void startAgain() throws Exception {
        process = launch();
        awaitReady();
    }

    /** Stops it in order and waits for its end. */
    public void stop() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the broker on " + directory + " does not stop: " + log());
        }
    }

    /** SIGKILL, and waits for the end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** {@code host:port} for clients, the same after every start. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
