package dev.finecomb.publish;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka's own fake, whose calls fail as told: the next call of each kind takes the next error, if one is left. */
public final class ScriptedProducer extends MockProducer<byte @Nullable [], byte @Nullable []> {
    public final Queue<RuntimeException> inits = new ArrayDeque<>();
    public final Queue<RuntimeException> sends = new ArrayDeque<>();
    public final Queue<RuntimeException> offsets = new ArrayDeque<>();
    public final Queue<RuntimeException> commits = new ArrayDeque<>();
    public final Queue<RuntimeException> aborts = new ArrayDeque<>();
    /** What the broker answers to records, not before somebody waits for it. */
    public final Queue<RuntimeException> answers = new ArrayDeque<>();

    public final List<String> calls;
    private final List<Runnable> unanswered = new ArrayList<>();

    public ScriptedProducer() {
        this(new ArrayList<>());
    }

    /**
     * One that takes its notes elsewhere.
     *
     * @param calls where each call is noted, maybe among what others did
     */
    public ScriptedProducer(List<String> calls) {
        super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        this.calls = calls;
    }

    private void call(String name, Queue<RuntimeException> errors) {
        calls.add(name);
        RuntimeException error = errors.poll();
        if (error != null) {
            throw error;
        }
    }

    @Override
    public void initTransactions() {
        call("init", inits);
        super.initTransactions();
    }

    @Override
    public void beginTransaction() {
        calls.add("begin");
        super.beginTransaction();
    }

    @Override
    public synchronized Future<RecordMetadata> send(
            ProducerRecord<byte @Nullable [], byte @Nullable []> record, @Nullable Callback callback) {
        calls.add("send " + record.topic());
        RuntimeException later = answers.poll();
        if (later != null && callback != null) {
            unanswered.add(() -> callback.onCompletion(null, later));
            return new CompletableFuture<>();
        }
        RuntimeException error = sends.poll();
        if (error == null || callback == null) {
            return super.send(record, callback);
        }
        callback.onCompletion(null, error);
        return CompletableFuture.failedFuture(error);
    }

    @Override
    public synchronized void flush() {
        unanswered.forEach(Runnable::run);
        unanswered.clear();
        super.flush();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> positions, ConsumerGroupMetadata group) {
        call("offsets " + group.groupId(), offsets);
        super.sendOffsetsToTransaction(positions, group);
    }

    @Override
    public void commitTransaction() {
        call("commit", commits);
        super.commitTransaction();
    }

    @Override
    public void abortTransaction() {
        call("abort", aborts);
        super.abortTransaction();
    }
}
