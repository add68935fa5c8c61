package dev.finecomb.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import kafka.server.BrokerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * One real Kafka node, broker and controller in one, in this JVM.
 *
 * <p>Everything it keeps lies under one directory; started again on the same directory, after a clean stop or a kill, it
 * comes back with the same records. It listens on the loopback address only and has no security: it serves tests and
 * demonstrations. A broker that loses its log directory halts the JVM it lives in, so whoever wants to survive that runs
 * it as a child process through {@link #main}.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String LISTENER = "PLAINTEXT";

    private final FileChannel lock;
    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(FileChannel lock, KafkaRaftServer server, String bootstrapServers) {
        this.lock = lock;
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts a node that keeps its data under {@code directory} and listens on a free port. */
    public static EmbeddedKafka start(Path directory) {
        return start(directory, 0, Map.of());
    }

    /**
     * Starts a node and returns when it accepts clients.
     *
     * @param directory created if missing; formatted on first use
     * @param port of the loopback address, 0 for a free one
     * @param overrides broker properties that take precedence over the ones chosen here
     * @throws UncheckedIOException if the directory cannot be written
     * @throws IllegalStateException if another node uses the directory, it cannot be formatted or the node does not come up
     */
    public static EmbeddedKafka start(Path directory, int port, Map<String, String> overrides) {
        Path data = directory.toAbsolutePath().resolve("data");
        Properties properties = properties(data, port);
        properties.putAll(overrides);
        try {
            Files.createDirectories(directory);
            FileChannel lock = lock(directory);
            try {
                if (Files.notExists(data)) {
                    format(directory.toAbsolutePath(), data, properties);
                }
                return started(lock, properties, directory);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The broker's directory " + directory + " cannot be prepared", e);
        }
    }

    /** Two nodes on one directory would destroy each other's logs before the server's own locks are taken. */
    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException sameProcess) {
            // No more ours than another process's.
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw new IllegalStateException("Another broker uses " + directory
                    + ": the demo, or that of ./mvnw -Pbroker. End it first, or name another directory");
        }
        return channel;
    }

    private static EmbeddedKafka started(FileChannel lock, Properties properties, Path directory) {
        var server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        try {
            server.startup();
            return new EmbeddedKafka(lock, server, HOST + ":" + boundPort(server, LISTENER));
        } catch (RuntimeException e) {
            server.shutdown();
            throw new IllegalStateException("The embedded broker on " + directory + " did not start", e);
        }
    }

    private static Properties properties(Path data, int port) {
        var p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", "1");
        p.put("listeners", LISTENER + "://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":0");
        p.put("listener.security.protocol.map", LISTENER + ":PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("controller.listener.names", "CONTROLLER");
        p.put("inter.broker.listener.name", LISTENER);
        // A standalone quorum finds itself through the voter record that formatting wrote: this is never dialled.
        p.put("controller.quorum.bootstrap.servers", HOST + ":9");
        p.put("log.dirs", data.toString());
        p.put("auto.create.topics.enable", "false");
        p.put("default.replication.factor", "1");
        p.put("min.insync.replicas", "1");
        p.put("offsets.topic.num.partitions", "4");
        p.put("offsets.topic.replication.factor", "1");
        p.put("transaction.state.log.num.partitions", "4");
        p.put("transaction.state.log.replication.factor", "1");
        p.put("transaction.state.log.min.isr", "1");
        p.put("share.coordinator.state.topic.num.partitions", "1");
        p.put("share.coordinator.state.topic.replication.factor", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("num.network.threads", "2");
        p.put("num.io.threads", "4");
        p.put("background.threads", "2");
        p.put("num.recovery.threads.per.data.dir", "2");
        p.put("log.cleaner.threads", "1");
        p.put("log.cleaner.dedupe.buffer.size", "4194304");
        // After a kill the node has to wait until its own former session expires.
        p.put("broker.heartbeat.interval.ms", "500");
        p.put("broker.session.timeout.ms", "2000");
        return p;
    }

    /**
     * Formats beside the final place and renames, so that a kill in the middle leaves nothing that looks formatted.
     */
    private static void format(Path directory, Path data, Properties properties) throws IOException {
        Path unfinished = directory.resolve("data.formatting");
        deleteTree(unfinished);
        var copy = new Properties();
        copy.putAll(properties);
        copy.put("log.dirs", unfinished.toString());
        Path file = directory.resolve("format.properties");
        try (var out = Files.newOutputStream(file)) {
            copy.store(out, null);
        }
        var text = new ByteArrayOutputStream();
        List<String> arguments =
                List.of("format", "--standalone", "-t", Uuid.randomUuid().toString(), "-c", file.toString());
        int status = StorageTool.execute(
                arguments.toArray(String[]::new), new PrintStream(text, true, StandardCharsets.UTF_8));
        if (status != 0) {
            throw new IllegalStateException("The broker's directory " + data + " could not be formatted: "
                    + text.toString(StandardCharsets.UTF_8).strip());
        }
        Files.delete(file);
        Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void deleteTree(Path root) throws IOException {
        if (Files.notExists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The only reach past constructor, startup and shutdown: which port the socket server was given. */
    private static int boundPort(KafkaRaftServer server, String listener) {
        try {
            var field = KafkaRaftServer.class.getDeclaredField("broker");
            field.setAccessible(true);
            var broker = (BrokerServer) ((Option<?>) field.get(server)).get();
            return broker.socketServer().boundPort(new ListenerName(listener));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This Kafka release keeps its broker elsewhere", e);
        }
    }

    /** {@code host:port} for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The same for the clients of another listener, which broker properties have added on the loopback address. */
    public String bootstrapServers(String listener) {
        return HOST + ":" + boundPort(server, listener);
    }

    /** Stops the node and waits until its data is closed cleanly; a second call does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (lock) {
                server.shutdown();
                server.awaitShutdown();
            } catch (IOException e) {
                throw new UncheckedIOException("The lock of the broker's directory cannot be given back", e);
            }
        }
    }

    /** The arguments of {@code java} for a quiet broker in a process of its own, which finds itself a port. */
    public static List<String> command(Path directory) {
        return List.of(
                "-Xmx512m",
                "--sun-misc-unsafe-memory-access=allow",
                "-DLOG_LEVEL=WARN",
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedKafka.class.getName(),
                directory.toString(),
                "0");
    }

    /**
     * Runs a node as a process of its own: prints {@code READY host:port} when it accepts clients and stops when its
     * standard input closes or on SIGTERM.
     *
     * @param args the directory, then optionally the port, then broker properties as {@code name=value}
     */
    public static void main(String[] args) throws IOException {
        List<String> arguments = List.of(args);
        if (arguments.isEmpty() || !arguments.stream().skip(2).allMatch(argument -> argument.contains("="))) {
            System.err.println("usage: EmbeddedKafka <directory> [port [name=value ...]]");
            System.exit(64);
            return;
        }
        int port = arguments.size() > 1 ? Integer.parseInt(arguments.get(1)) : 0;
        Map<String, String> overrides = arguments.stream()
                .skip(2)
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        EmbeddedKafka kafka;
        try {
            kafka = start(Path.of(arguments.getFirst()), port, overrides);
        } catch (IllegalStateException e) {
            if (e.getCause() != null) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(75);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "stop-embedded-kafka"));
        System.out.println("READY " + kafka.bootstrapServers());
        System.out.flush();
        while (System.in.read() != -1) {
            // Nothing is said on standard input; only its end counts.
        }
        System.out.println("STOPPING, standard input was closed");
        System.exit(0);
    }
}
