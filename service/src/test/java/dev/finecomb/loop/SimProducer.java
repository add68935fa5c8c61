package dev.finecomb.loop;

import dev.finecomb.loop.SimRequest.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/**
 * The transactional client with the rules of the real one: a call that timed out must be repeated before any other, an
 * error of a record makes the transaction good for nothing but an abort, a fence is for ever, and what is under way is sent
 * again in the background.
 *
 * <pre>
 *   NEW --init--> READY --begin--> OPEN --commit, abort--> READY
 *                                  OPEN --failed record or offsets--> SPOILED --abort--> READY
 *   any --fenced--> FENCED
 * </pre>
 */
final class SimProducer implements Producer<byte @Nullable [], byte @Nullable []> {
    private enum State {
        NEW,
        READY,
        OPEN,
        SPOILED,
        FENCED
    }

    /** A call whose answer is still to come. */
    private record Pending(String call, SimRequest request) {}

    private final SimWorld world;
    private final SimProcess process;
    private State state = State.NEW;
    private long session;
    private long epoch = -1;
    private Optional<Pending> pending = Optional.empty();
    private List<SimRequest> unanswered = new ArrayList<>();
    private final Map<String, SimRequest> newestByTopic = new HashMap<>();
    private Optional<RuntimeException> error = Optional.empty();
    private boolean ownsNoMore;
    private boolean repeats;

    SimProducer(SimWorld world, SimProcess process) {
        this.world = world;
        this.process = process;
    }

    SimProcess process() {
        return process;
    }

    long session() {
        return session;
    }

    /** The broker granted the ownership of that number. */
    void session(long granted) {
        session = granted;
    }

    @Override
    public void initTransactions() {
        require(state == State.NEW, "initTransactions");
        if (world.plan.breaks(SimBreak.OWNERSHIP_TAKEN_LATE)) {
            state = State.READY;
            return;
        }
        take();
    }

    private void take() {
        call("initTransactions", () -> world.broker.takeOwnership(this, process), true);
        state = State.READY;
    }

    @Override
    public void beginTransaction() {
        world.point("begin");
        throwIfFenced();
        require(state == State.READY && pending.isEmpty(), "beginTransaction");
        if (epoch < 0) {
            take();
        }
        state = State.OPEN;
        newestByTopic.clear();
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte @Nullable [], byte @Nullable []> record) {
        return send(record, null);
    }

    @Override
    public Future<RecordMetadata> send(
            ProducerRecord<byte @Nullable [], byte @Nullable []> record, @Nullable Callback callback) {
        world.point("send");
        throwIfFenced();
        if (state == State.SPOILED) {
            throw new KafkaException("an earlier record failed", error.orElse(null));
        }
        require(state == State.OPEN, "send");
        if (repeats
                && world.plan.breaks(SimBreak.OUTPUTS_SENT_ONCE)
                && record.topic().equals(SimPlan.TOPICS.deadLetters())) {
            return new CompletableFuture<>();
        }
        long mine = epoch;
        SimRequest request = world.network.send(
                process, "produce " + record.topic(), () -> world.broker.produce(this, mine, record), false);
        request.listener(answer -> {
            if (answer instanceof Answer.Refused(RuntimeException refused)) {
                fail(refused, callback);
            }
        });
        SimRequest earlier = newestByTopic.put(record.topic(), request);
        if (earlier != null) {
            request.after(earlier);
        }
        unanswered.add(request);
        return new CompletableFuture<>();
    }

    /** A fence, for a producer that does not know what it means. */
    private RuntimeException disguised(RuntimeException refused) {
        boolean fence = refused instanceof ProducerFencedException || refused instanceof InvalidProducerEpochException;
        if (fence && world.plan.breaks(SimBreak.GOES_ON_AFTER_FENCE)) {
            ownsNoMore = true;
            return new KafkaException("something about an epoch");
        }
        return refused;
    }

    private void fail(RuntimeException refused, @Nullable Callback callback) {
        RuntimeException cause = disguised(refused);
        if (state == State.OPEN) {
            state = State.SPOILED;
            error = Optional.of(cause);
        }
        if (callback != null) {
            callback.onCompletion(null, cause);
        }
    }

    /** Waits for every record; one without an answer for too long has failed. */
    @Override
    public void flush() {
        long deadline = world.now() + SimPlan.DELIVERY_TIMEOUT.toNanos();
        await("flush", () -> unanswered.stream().allMatch(SimRequest::isAnswered), deadline - world.now());
        List<SimRequest> late = unanswered.stream().filter(r -> !r.isAnswered()).toList();
        unanswered = new ArrayList<>();
        for (SimRequest request : late) {
            world.network.forget(request);
            request.answered(new Answer.Refused(new TimeoutException("not delivered in time")));
        }
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        world.point("offsets");
        throwIfFenced();
        if (state == State.SPOILED) {
            throw new KafkaException("an earlier record failed", error.orElse(null));
        }
        require(state == State.OPEN && pending.isEmpty(), "sendOffsetsToTransaction");
        long mine = epoch;
        SimRequest request =
                world.network.send(process, "offsets", () -> world.broker.addOffsets(this, mine, offsets), false);
        await("offsets sent", request::isAnswered, SimPlan.MAX_BLOCK.toNanos());
        switch (request.answer().orElseGet(() -> new Answer.Refused(new TimeoutException("offsets unanswered")))) {
            case Answer.Refused(RuntimeException refused) -> {
                RuntimeException seen = disguised(refused);
                spoil(seen);
                throw seen;
            }
            case Answer.Done _, Answer.NotYet _ -> {}
        }
    }

    private void spoil(RuntimeException cause) {
        state = cause instanceof ProducerFencedException ? State.FENCED : State.SPOILED;
        error = Optional.of(cause);
    }

    @Override
    public void commitTransaction() {
        throwIfFenced();
        if (state == State.SPOILED) {
            throw new KafkaException("the transaction can only be aborted", error.orElse(null));
        }
        require(state == State.OPEN, "commitTransaction");
        end("commitTransaction", true);
        repeats = false;
    }

    @Override
    public void abortTransaction() {
        throwIfFenced();
        require(state == State.OPEN || state == State.SPOILED, "abortTransaction");
        repeats = true;
        if (ownsNoMore) {
            ownsNoMore = false;
            take();
            unanswered = new ArrayList<>();
            return;
        }
        end("abortTransaction", false);
    }

    private void end(String call, boolean commit) {
        long mine = epoch;
        call(call, () -> world.broker.end(this, mine, commit), true);
        state = State.READY;
        error = Optional.empty();
        unanswered = new ArrayList<>();
    }

    /** Sends a request, or waits on for the one that was sent when the same call timed out. */
    private void call(String call, Supplier<Answer> effect, boolean isRepeatable) {
        pending.ifPresent(earlier -> require(earlier.call().equals(call), call));
        world.point(call);
        Pending now =
                pending.orElseGet(() -> new Pending(call, world.network.send(process, call, effect, isRepeatable)));
        pending = Optional.of(now);
        if (!await(call + " unanswered", now.request()::isAnswered, SimPlan.MAX_BLOCK.toNanos())) {
            throw new TimeoutException(call + " timed out");
        }
        pending = Optional.empty();
        switch (now.request().answer().orElseThrow()) {
            case Answer.Done(long next) -> epoch = next;
            case Answer.Refused(RuntimeException refused) -> {
                RuntimeException seen = disguised(refused);
                spoil(seen);
                throw seen;
            }
            case Answer.NotYet _ -> throw new IllegalStateException("not an answer");
        }
    }

    private boolean await(String what, BooleanSupplier condition, long nanos) {
        boolean holds = world.await(what, condition, nanos);
        SimThread thread = world.current();
        if (!holds && thread != null && thread.takeInterrupt()) {
            throw new InterruptException("simulated");
        }
        return holds;
    }

    private void throwIfFenced() {
        if (state == State.FENCED) {
            throw new ProducerFencedException("fenced before");
        }
    }

    private void require(boolean legal, String call) {
        if (!legal) {
            throw new IllegalStateException(call + " is illegal while " + state + ", unanswered " + pending);
        }
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return List.of();
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {}

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {}

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        return Uuid.ZERO_UUID;
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(1));
    }

    /** Aborts what is open, if the broker still listens. */
    @Override
    public void close(Duration timeout) {
        if ((state == State.OPEN || state == State.SPOILED) && pending.isEmpty()) {
            long mine = epoch;
            var _ = world.network.send(process, "abort at close", () -> world.broker.end(this, mine, false), true);
        }
        world.point("closed");
    }
}
