package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import dev.finecomb.publish.CommitOutcome;
import dev.finecomb.publish.Publisher;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes cuts durable and then visible, on a thread of its own, one at a time: the checkpoint first, then the transaction
 * that names it, then the deletion of what it superseded. Kafka's commit decides; the file system never does.
 *
 * <p>After a cut that failed no other is committed: its outputs would be missing for ever.
 */
final class Committer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration SLICE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final BatchSource source;
    private final CheckpointStore store;
    private final Publisher publisher;
    private final Fingerprints fingerprints;
    private final int keep;
    private final Host host;
    private final CommitObserver observer;
    private final ExecutorService thread;
    private Optional<Future<?>> inFlight = Optional.empty();
    /** Of the committer's thread: the newest checkpoint written; numbers only grow, also past names that were taken. */
    private long lastSequence = -1;

    private volatile long giveUpAt;

    /** Hears of every stage, on the committer's thread. */
    interface CommitObserver {
        /** Some more of the checkpoint is written: the process is alive, however long it takes. */
        void moving();

        /** The checkpoint is durable. */
        void durable(Cut cut, long nanos);

        /** The store did not take the checkpoint; it is tried again. */
        void storeFailed(IOException cause);

        /** The broker did not take the commit; it is tried again. */
        void brokerUnavailable(String detail);

        /** Everything is visible. */
        void committed(Cut cut, long nanos);
    }

    Committer(LoopParts parts, Fingerprints fingerprints, int keep, Host host, CommitObserver observer) {
        this.source = parts.source();
        this.store = parts.store();
        this.publisher = parts.publisher();
        this.fingerprints = fingerprints;
        this.keep = keep;
        this.host = host;
        this.thread = host.newThread("committer");
        this.giveUpAt = host.nanoTime() + Long.MAX_VALUE / 2;
        this.observer = observer;
    }

    /**
     * Begins to commit a cut, waiting for the one before.
     *
     * @throws RestartLaterException when one before ended in doubt or the ownership is lost
     * @throws OperatorNeededException when one before was refused for good
     */
    void submit(Cut cut) throws InterruptedException, RestartLaterException, OperatorNeededException {
        await();
        inFlight = Optional.of(thread.submit(() -> {
            commit(cut);
            return null;
        }));
    }

    /** From now on nothing is waited for longer than this; for any thread. */
    void giveUpAfter(Duration grace) {
        giveUpAt = host.nanoTime() + grace.toNanos();
    }

    /** Whether a cut is still being written or committed. */
    boolean isBusy() {
        return inFlight.isPresent() && !inFlight.get().isDone();
    }

    /** Learns what became of the cut in flight if that is known already; throws like {@link #submit}. */
    void check() throws InterruptedException, RestartLaterException, OperatorNeededException {
        if (inFlight.isPresent() && inFlight.get().isDone()) {
            await();
        }
    }

    /** Waits for the cut in flight; throws like {@link #submit}. */
    void await() throws InterruptedException, RestartLaterException, OperatorNeededException {
        if (inFlight.isEmpty()) {
            return;
        }
        Future<?> awaited = inFlight.get();
        while (!awaited.isDone() && host.nanoTime() - giveUpAt < 0) {
            try {
                awaited.get(SLICE.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // Looked at below, or waited for once more.
            }
        }
        if (!awaited.isDone()) {
            throw new RestartLaterException("the last cut could not be committed before the process had to stop;"
                    + " the next start does its work again, with the same result");
        }
        try {
            awaited.get();
            inFlight = Optional.empty();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RestartLaterException later -> throw later;
                case OperatorNeededException needed -> throw needed;
                case null, default -> throw new IllegalStateException("the committer failed", e.getCause());
            }
        }
    }

    private void commit(Cut cut) throws InterruptedException, RestartLaterException, OperatorNeededException {
        Written written = write(cut);
        confirmInput();
        publish(written.cut(), written.stored());
        written.cut().answers().forEach(Answer::give);
        try {
            store.collect(written.cut().id(), keep);
        } catch (IOException e) {
            // Only space is lost; the next commit tries again.
            LOG.warn("superseded checkpoints were not deleted: {}", e.toString());
        }
    }

    /** A cut under the name that was free for it, and its checkpoint. */
    private record Written(Cut cut, StoredCheckpoint stored) {}

    private Written write(Cut first) throws InterruptedException {
        Cut cut = first.id().sequence() > lastSequence ? first : numbered(first, lastSequence + 1);
        Duration pause = FIRST_PAUSE;
        while (true) {
            long begin = host.nanoTime();
            try {
                StoredCheckpoint stored = store(cut);
                observer.durable(cut, host.nanoTime() - begin);
                cut.state().snapshot().close();
                lastSequence = cut.id().sequence();
                return new Written(cut, stored);
            } catch (FileAlreadyExistsException taken) {
                // An owner before us, or after us, wrote under this name; whose counts, the commit decides.
                cut = renamed(cut);
            } catch (IOException e) {
                observer.storeFailed(e);
                pause(pause);
                pause = longer(pause);
            }
        }
    }

    private static Cut numbered(Cut cut, long sequence) {
        return cut.named(new CheckpointId(cut.id().incarnation(), sequence));
    }

    private StoredCheckpoint store(Cut cut) throws IOException {
        Cut.State state = cut.state();
        return store.write(
                cut.id(),
                CheckpointCodec.parts(state.snapshot(), state.memory(), state.masks(), observer::moving),
                files -> new CheckpointManifest(
                        cut.origin(),
                        cut.id().sequence(),
                        cut.positions().nextOffsets(),
                        files,
                        fingerprints,
                        host.clock().instant()));
    }

    private Cut renamed(Cut cut) throws InterruptedException {
        try {
            return numbered(cut, store.nextSequence(cut.id()));
        } catch (IOException e) {
            observer.storeFailed(e);
            pause(FIRST_PAUSE);
            return cut;
        }
    }

    /**
     * What was trained on records of a topic that only took the input's name must never count. Once is enough however often
     * the commit is repeated: the cut holds nothing that was handed out later.
     */
    private void confirmInput() throws InterruptedException, OperatorNeededException {
        for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
            try {
                source.confirm();
                return;
            } catch (RestartLaterException brokerAway) {
                observer.brokerUnavailable(String.valueOf(brokerAway.getMessage()));
                pause(pause);
            }
        }
    }

    private void publish(Cut cut, StoredCheckpoint stored)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
            long begin = host.nanoTime();
            CommitOutcome outcome =
                    publisher.commit(cut.outputs(), stored.manifestBytes(), cut.positions(), stored.pointer());
            switch (outcome) {
                case CommitOutcome.Committed() -> {
                    observer.committed(cut, host.nanoTime() - begin);
                    return;
                }
                case CommitOutcome.Unavailable(String detail) -> {
                    observer.brokerUnavailable(detail);
                    pause(pause);
                }
                case CommitOutcome.OwnershipLost(String detail) ->
                    throw new RestartLaterException("this process may commit no more: " + detail);
                case CommitOutcome.Refused(String message) -> throw new OperatorNeededException(message);
                case CommitOutcome.Unknown(String detail) ->
                    throw new RestartLaterException("whether the last commit took place is unknown, a restart reads it"
                            + " from the broker: " + detail);
            }
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        host.sleep(pause);
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    /** Stops the thread, in the middle of a commit if need be: what was not acknowledged did not happen or is read back. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
