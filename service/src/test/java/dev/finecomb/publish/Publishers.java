package dev.finecomb.publish;

import dev.finecomb.config.KafkaConfig;
import java.time.InstantSource;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Publishers over clients that are not Kafka's. */
public final class Publishers {
    private Publishers() {}

    /** The real publisher over that client. */
    public static TransactionalPublisher over(
            Producer<byte @Nullable [], byte @Nullable []> producer, KafkaConfig config, InstantSource clock) {
        return new TransactionalPublisher(producer, config, clock);
    }
}
