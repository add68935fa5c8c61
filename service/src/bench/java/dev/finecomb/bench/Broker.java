package dev.finecomb.bench;

import dev.finecomb.demo.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;

/** A real broker, as a process of its own; its data goes with it. */
final class Broker implements AutoCloseable {
    private final Path directory;
    private final JavaProcess process;
    private final String bootstrapServers;

    private Broker(Path directory, JavaProcess process, String bootstrapServers) {
        this.directory = directory;
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts one on an empty directory and waits until it accepts clients. */
    static Broker start(Path directory) throws IOException {
        JavaProcess process = JavaProcess.talkingTo(
                EmbeddedKafka.command(directory.resolve("data")), directory.resolve("broker.log"));
        try {
            return new Broker(directory, process, process.awaitLine("READY"));
        } catch (IOException e) {
            process.close();
            throw e;
        }
    }

    /** {@code host:port} for clients. */
    String bootstrapServers() {
        return bootstrapServers;
    }

    JavaProcess process() {
        return process;
    }

    @Override
    public void close() throws IOException {
        process.close();
        Scratch.delete(directory);
    }
}
