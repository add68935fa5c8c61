package dev.finecomb;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The network between Kafka clients and a broker, with its faults: a long way, a narrow way, a black hole, cut connections,
 * the answer to a commit that is lost, the request of a commit that comes late. It passes Kafka's frames on one by one and
 * reads of them no more than length, API key and correlation id.
 *
 * <p>Faults are set and healed by any thread, and hold for connections of before and after.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int END_TXN = 26;
    private static final int MAX_FRAME_BYTES = 128 << 20;
    private static final int CORRELATION_AT = 4;

    /** Which way of the traffic disappears. */
    public enum Hole {
        NONE(false, false),
        REQUESTS(true, false),
        RESPONSES(false, true),
        BOTH(true, true);

        private final boolean requests;
        private final boolean responses;

        Hole(boolean requests, boolean responses) {
            this.requests = requests;
            this.responses = responses;
        }
    }

    /** A frame without its length, and when it may arrive; an empty one ends the stream. */
    private record Frame(ByteBuffer content, long dueNanos) {
        int bytes() {
            return content.capacity();
        }
    }

    private final ServerSocket server;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final AtomicInteger answersLost = new AtomicInteger();
    private final AtomicInteger commitsHeld = new AtomicInteger();
    private final AtomicLong responseBytes = new AtomicLong();
    private volatile int port;
    private volatile Hole hole = Hole.NONE;
    private volatile long latencyNanos;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private long wireFreeAt = System.nanoTime();

    /** Listens on a free port of the loopback address. */
    public TcpProxy() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    /** Where the broker listens, on the loopback address. */
    public void forwardTo(int brokerPort) {
        port = brokerPort;
    }

    /** {@code host:port} for clients. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** From now on every frame takes so long in each direction, and all of them together share this bandwidth. */
    public void slow(Duration latency, long bytesEachSecond) {
        latencyNanos = latency.toNanos();
        bytesPerSecond = bytesEachSecond;
    }

    /** From now on what goes this way is taken and never arrives. */
    public void blackHole(Hole which) {
        hole = which;
    }

    /** Ends slowness and the black hole; connections that lost something in it break. */
    public void heal() {
        slow(Duration.ZERO, Long.MAX_VALUE);
        hole = Hole.NONE;
        links.stream().filter(link -> link.lossy).forEach(Link::close);
    }

    /** Resets every connection. */
    public void cut() {
        links.forEach(Link::close);
    }

    /** The broker will do what the next so many EndTxn requests ask, but its answers are lost and the connections break. */
    public void loseCommitAnswers(int count) {
        answersToLose.set(count);
    }

    /** How many answers to EndTxn were lost so far. */
    public int commitAnswersLost() {
        return answersLost.get();
    }

    /** From now on EndTxn requests wait in the proxy, and arrive even if their sender has gone. */
    public void holdCommits() {
        gate = new CountDownLatch(1);
    }

    /** The EndTxn requests that waited arrive now. */
    public void releaseCommits() {
        gate.countDown();
    }

    /** How many EndTxn requests ever had to wait. */
    public int commitsHeld() {
        return commitsHeld.get();
    }

    /** Bytes that reached the clients so far. */
    public long responseBytes() {
        return responseBytes.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket broker = new Socket(InetAddress.getLoopbackAddress(), port);
            var link = new Link(client, broker);
            links.add(link);
            link.start();
        } catch (IOException brokerAway) {
            close(client);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            // That is what was wanted.
        }
    }

    /** When the last of so many bytes has passed a wire that all share. */
    private synchronized long reserve(int bytes) {
        long now = System.nanoTime();
        long rate = bytesPerSecond;
        if (rate == Long.MAX_VALUE) {
            wireFreeAt = now;
        } else {
            wireFreeAt = Math.max(now, wireFreeAt) + bytes * 1_000_000_000L / rate;
        }
        return wireFreeAt;
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        releaseCommits();
        cut();
    }

    /** One client's connection and the one to the broker that stands for it. */
    private final class Link {
        private final Socket client;
        private final Socket broker;
        private final BlockingQueue<Frame> requests = new LinkedBlockingQueue<>();
        private final BlockingQueue<Frame> responses = new LinkedBlockingQueue<>();
        private final Set<Integer> doomed = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicInteger ended = new AtomicInteger();
        private volatile boolean lossy;

        Link(Socket client, Socket broker) throws IOException {
            this.client = client;
            this.broker = broker;
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
        }

        void start() {
            Thread.ofVirtual().start(() -> read(client, requests, true));
            Thread.ofVirtual().start(() -> read(broker, responses, false));
            Thread.ofVirtual().start(() -> write(broker, requests, true));
            Thread.ofVirtual().start(() -> write(client, responses, false));
        }

        private void read(Socket from, BlockingQueue<Frame> to, boolean request) {
            try {
                var in = new DataInputStream(from.getInputStream());
                while (true) {
                    int length = in.readInt();
                    if (length < 0 || length > MAX_FRAME_BYTES) {
                        throw new IOException("no frame of Kafka's has " + length + " bytes");
                    }
                    byte[] bytes = in.readNBytes(length);
                    if (bytes.length < length) {
                        throw new EOFException();
                    }
                    if (request ? hole.requests : hole.responses) {
                        lossy = true;
                    } else {
                        to.add(new Frame(ByteBuffer.wrap(bytes), System.nanoTime() + latencyNanos));
                    }
                }
            } catch (IOException gone) {
                // What was taken before still arrives.
                to.add(new Frame(ByteBuffer.allocate(0), System.nanoTime() + latencyNanos));
            }
        }

        private void write(Socket to, BlockingQueue<Frame> from, boolean request) {
            try {
                OutputStream out = to.getOutputStream();
                for (Frame frame = from.take(); frame.bytes() > 0; frame = from.take()) {
                    sleepUntil(frame.dueNanos());
                    ByteBuffer head = frame.content();
                    if (request && head.getShort(0) == END_TXN) {
                        beforeCommit(head.getInt(CORRELATION_AT));
                    }
                    if (!request && doomed.remove(head.getInt(0))) {
                        answersLost.incrementAndGet();
                        close();
                        return;
                    }
                    sleepUntil(reserve(frame.bytes()));
                    send(out, frame.content().array());
                    if (!request) {
                        responseBytes.addAndGet(frame.bytes());
                    }
                }
                // In order, so that what arrived last is still read.
                to.shutdownOutput();
                if (ended.incrementAndGet() == 2) {
                    close();
                }
            } catch (IOException | InterruptedException gone) {
                close();
            }
        }

        private void beforeCommit(int correlation) throws InterruptedException {
            CountDownLatch now = gate;
            if (now.getCount() > 0) {
                commitsHeld.incrementAndGet();
                now.await();
            }
            if (answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                doomed.add(correlation);
            }
        }

        private static void send(OutputStream out, byte[] bytes) throws IOException {
            out.write(ByteBuffer.allocate(Integer.BYTES + bytes.length)
                    .putInt(bytes.length)
                    .put(bytes)
                    .array());
        }

        void close() {
            if (closed.compareAndSet(false, true)) {
                links.remove(this);
                TcpProxy.close(client);
                TcpProxy.close(broker);
            }
        }
    }
}
