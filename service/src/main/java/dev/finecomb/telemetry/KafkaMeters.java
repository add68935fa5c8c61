package dev.finecomb.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** The Kafka clients' own figures as meters under {@code kafka.}, until it is closed. */
@Singleton
public final class KafkaMeters implements AutoCloseable {

    private final MeterRegistry registry;
    private final List<KafkaClientMetrics> bound = new ArrayList<>();

    public KafkaMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Adds a consumer's figures; reads them from a thread of its own, which the consumer's metrics allow. */
    public void bind(Consumer<?, ?> consumer) {
        bind(new KafkaClientMetrics(consumer));
    }

    /** Adds a producer's figures. */
    public void bind(Producer<?, ?> producer) {
        bind(new KafkaClientMetrics(producer));
    }

    private synchronized void bind(KafkaClientMetrics metrics) {
        bound.add(metrics);
        metrics.bindTo(registry);
    }

    /** Removes the figures and ends the threads that read them. */
    @Override
    @PreDestroy
    public synchronized void close() {
        bound.forEach(KafkaClientMetrics::close);
        bound.clear();
    }
}
