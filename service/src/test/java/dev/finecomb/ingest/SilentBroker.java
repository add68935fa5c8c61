package dev.finecomb.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port that takes connections and says nothing, as a broker that is away behind a proxy or has stopped in its tracks. */
public final class SilentBroker implements AutoCloseable {
    private final ServerSocket server;

    public SilentBroker() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Waits until a client has connected, and so waits for an answer that never comes. */
    public Socket awaitClient() throws IOException {
        return server.accept();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
