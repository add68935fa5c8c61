package dev.finecomb.loop;

import dev.finecomb.loop.SimRequest.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.jspecify.annotations.Nullable;

/**
 * A broker as one job sees it: one transactional id with its epoch, the transaction that is open, and what is committed.
 * Every end of a transaction raises the epoch (KIP-890), and so does whoever takes the ownership.
 *
 * <p>A commit is decided when the coordinator has noted it, and visible when its markers are written, which may be later;
 * until then a new owner, a new transaction and a reader of stable offsets wait.
 */
final class SimBroker {
    /**
     * A transaction.
     *
     * @param session the ownership under which it was begun
     */
    record Transaction(
            long session,
            SimProcess process,
            long began,
            List<ProducerRecord<byte @Nullable [], byte @Nullable []>> records,
            Map<TopicPartition, OffsetAndMetadata> offsets) {}

    /** A transaction whose commit is decided, {@code newestSession} being the owner at that moment. */
    record Decided(Transaction transaction, long newestSession) {}

    private record End(long session, long epoch, boolean commit) {}

    private final SimWorld world;
    private long epoch;
    private long session;
    private Optional<Transaction> open = Optional.empty();
    private Optional<Transaction> completing = Optional.empty();
    private long completeAt;
    private Optional<End> lastEnd = Optional.empty();
    private long awayUntil;
    private final Map<TopicPartition, OffsetAndMetadata> committedOffsets = new HashMap<>();
    private Optional<byte[]> newestManifest = Optional.empty();
    private Consumer<Decided> onDecided = _ -> {};
    private Consumer<Transaction> onVisible = _ -> {};

    SimBroker(SimWorld world) {
        this.world = world;
    }

    /** Who hears of every commit: first that it is decided, then that it is visible. */
    void watch(Consumer<Decided> decided, Consumer<Transaction> visible) {
        onDecided = decided;
        onVisible = visible;
    }

    void goAway(long nanos) {
        awayUntil = world.now() + nanos;
        world.log(() -> "broker away for " + nanos / SimWorld.MILLI + "ms");
    }

    boolean isAway() {
        return !world.isCalm() && world.now() < awayUntil;
    }

    /** Does what time brings: markers, and the end of transactions that were open too long. */
    void tick() {
        if (completing.isPresent() && world.now() >= completeAt) {
            Transaction visible = completing.get();
            completing = Optional.empty();
            show(visible);
        }
        long timeout = SimPlan.TRANSACTION_TIMEOUT.toNanos();
        if (open.isPresent() && world.now() - open.get().began() > timeout) {
            world.log(() -> "broker aborts the transaction of session " + session + ", open too long");
            abort();
        }
    }

    long nextTick() {
        long next = Long.MAX_VALUE;
        if (completing.isPresent()) {
            next = completeAt;
        }
        if (open.isPresent()) {
            next = Math.min(next, open.get().began() + SimPlan.TRANSACTION_TIMEOUT.toNanos() + 1);
        }
        return next;
    }

    private void show(Transaction transaction) {
        committedOffsets.putAll(transaction.offsets());
        for (ProducerRecord<byte @Nullable [], byte @Nullable []> record : transaction.records()) {
            byte[] value = record.value();
            if (record.topic().equals(SimPlan.TOPICS.checkpoints()) && value != null) {
                newestManifest = Optional.of(value);
            }
        }
        world.log(() -> "visible: the commit of session " + transaction.session());
        onVisible.accept(transaction);
    }

    private void abort() {
        open = Optional.empty();
        epoch++;
    }

    private boolean isStale(long theirs) {
        return theirs != epoch && !world.plan.breaks(SimBreak.BROKER_WITHOUT_FENCE);
    }

    /** The newest ownership; it fences every older one. */
    Answer takeOwnership(SimProducer producer, SimProcess process) {
        if (completing.isPresent()) {
            return new Answer.NotYet();
        }
        abort();
        session++;
        world.log(() -> "broker: session " + session + " belongs to " + process);
        producer.session(session);
        return new Answer.Done(epoch);
    }

    private Transaction opened(long theirSession, SimProcess process) {
        if (open.isEmpty()) {
            open = Optional.of(new Transaction(theirSession, process, world.now(), new ArrayList<>(), new HashMap<>()));
        }
        return open.get();
    }

    Answer produce(SimProducer producer, long theirEpoch, ProducerRecord<byte @Nullable [], byte @Nullable []> record) {
        if (isStale(theirEpoch)) {
            return new Answer.Refused(new InvalidProducerEpochException("stale epoch " + theirEpoch));
        }
        if (completing.isPresent()) {
            return new Answer.NotYet();
        }
        if (world.strikes(world.plan.weather().refusedRequest())) {
            return new Answer.Refused(new NotEnoughReplicasException("simulated"));
        }
        opened(producer.session(), producer.process()).records().add(record);
        return new Answer.Done(epoch);
    }

    Answer addOffsets(SimProducer producer, long theirEpoch, Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (isStale(theirEpoch)) {
            return new Answer.Refused(new ProducerFencedException("stale epoch " + theirEpoch));
        }
        if (completing.isPresent()) {
            return new Answer.NotYet();
        }
        if (world.strikes(world.plan.weather().refusedRequest())) {
            return new Answer.Refused(new TransactionAbortableException("simulated"));
        }
        opened(producer.session(), producer.process()).offsets().putAll(offsets);
        if (world.plan.breaks(SimBreak.OFFSETS_OUTSIDE)) {
            committedOffsets.putAll(offsets);
        }
        return new Answer.Done(epoch);
    }

    Answer end(SimProducer producer, long theirEpoch, boolean commit) {
        End end = new End(producer.session(), theirEpoch, commit);
        if (producer.session() == session && lastEnd.equals(Optional.of(end))) {
            return new Answer.Done(epoch);
        }
        if (isStale(theirEpoch)) {
            return new Answer.Refused(new ProducerFencedException("stale epoch " + theirEpoch));
        }
        if (completing.isPresent()) {
            return new Answer.NotYet();
        }
        if (commit && open.isEmpty()) {
            return new Answer.Refused(new InvalidTxnStateException("nothing is open"));
        }
        if (commit && world.strikes(world.plan.weather().refusedRequest())) {
            return new Answer.Refused(new TransactionAbortableException("simulated"));
        }
        lastEnd = Optional.of(end);
        if (commit) {
            decide(open.orElseThrow());
        } else {
            abort();
        }
        return new Answer.Done(epoch);
    }

    private void decide(Transaction transaction) {
        open = Optional.empty();
        epoch++;
        completing = Optional.of(transaction);
        completeAt = world.now();
        if (world.strikes(world.plan.weather().lateMarkers())) {
            completeAt += world.random.nextLong(3 * SimWorld.SECOND);
        }
        onDecided.accept(new Decided(transaction, session));
        tick();
    }

    /** Committed offsets as they are now. */
    Map<TopicPartition, OffsetAndMetadata> committedOffsets() {
        return committedOffsets;
    }

    /** Committed offsets, once no commit is on its way. */
    Optional<Map<Integer, OffsetAndMetadata>> stableOffsets() {
        if (completing.isPresent()) {
            return Optional.empty();
        }
        Map<Integer, OffsetAndMetadata> byPartition = new HashMap<>();
        committedOffsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
        return Optional.of(byPartition);
    }

    /** Whether a transaction hides the end of the checkpoints topic from readers of committed records. */
    boolean hidesManifest() {
        return completing.isPresent()
                || open.stream()
                        .flatMap(transaction -> transaction.records().stream())
                        .anyMatch(record -> record.topic().equals(SimPlan.TOPICS.checkpoints()));
    }

    /** The newest committed manifest. */
    Optional<byte[]> newestManifest() {
        return newestManifest;
    }
}
