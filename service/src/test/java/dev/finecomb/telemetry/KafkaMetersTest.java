package dev.finecomb.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaMetersTest {

    @Test
    void aClientsFiguresAreThereUntilItIsClosed() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        KafkaMeters meters = new KafkaMeters(registry);
        Map<String, Object> properties = Map.of("bootstrap.servers", "localhost:1", "client.id", "test");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            meters.bind(producer);
            assertThat(registry.find("kafka.producer.connection.count")
                            .tag("client.id", "test")
                            .gauge())
                    .isNotNull();

            meters.close();

            assertThat(registry.getMeters()).isEmpty();
        }
    }
}
