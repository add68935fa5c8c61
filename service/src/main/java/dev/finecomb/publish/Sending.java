package dev.finecomb.publish;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Records on their way to the broker, and the first of them that failed. */
final class Sending {
    private final Producer<byte @Nullable [], byte @Nullable []> producer;
    private final AtomicReference<@Nullable SendFailure> first = new AtomicReference<>();

    Sending(Producer<byte @Nullable [], byte @Nullable []> producer) {
        this.producer = producer;
    }

    /**
     * Sends and waits until each is acknowledged or one has failed: after the first failure every further call would only
     * wait for the same absent broker.
     */
    void send(List<OutputRecord> records) {
        for (Iterator<OutputRecord> rest = records.iterator(); rest.hasNext() && first.get() == null; ) {
            send(rest.next());
        }
        producer.flush();
    }

    private void send(OutputRecord record) {
        var _ = producer.send(record.toProducerRecord(), (_, error) -> {
            if (error != null) {
                first.compareAndSet(null, SendFailure.of(record, error));
            }
        });
    }

    Optional<SendFailure> failure() {
        return Optional.ofNullable(first.get());
    }
}
