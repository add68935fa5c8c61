package dev.finecomb.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.TestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.ClientSettings;
import dev.finecomb.ingest.KafkaFixture;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class ProducerSettingsTest {
    private static final String GIVEN = "given";

    private static KafkaConfig giving(Set<String> names) {
        Map<String, String> properties = new HashMap<>();
        names.forEach(name -> properties.put(name, GIVEN));
        return KafkaFixture.config("broker:9092", "digits", properties);
    }

    private static Set<String> overwritten(Set<String> names, Map<String, Object> settings) {
        Set<String> overwritten = new TreeSet<>(names);
        overwritten.removeIf(name -> GIVEN.equals(settings.get(name)));
        return overwritten;
    }

    @Test
    void whatAnyClientOverwritesIsRefusedInTheConfiguration() {
        KafkaConfig producing = giving(ProducerConfig.configNames());
        KafkaConfig consuming = giving(ConsumerConfig.configNames());
        KafkaConfig asking = giving(AdminClientConfig.configNames());
        Set<String> all = overwritten(
                ProducerConfig.configNames(), ProducerSettings.of(producing, KafkaFixture.topics(producing)));
        all.addAll(overwritten(ConsumerConfig.configNames(), ClientSettings.consumer(consuming, "ingest")));
        all.addAll(overwritten(AdminClientConfig.configNames(), ClientSettings.admin(asking)));
        assertThat(all).contains("delivery.timeout.ms", "isolation.level", "client.id");

        SoftAssertions.assertSoftly(softly -> all.forEach(name -> {
            Map<String, Object> settings = TestConfig.minimal(Path.of("model.pt"), Path.of("work"));
            settings.put("kafka.properties." + name, GIVEN);
            softly.assertThatThrownBy(() -> TestConfig.of(settings))
                    .as(name)
                    .hasMessageContaining("finecomb.kafka.properties." + name);
        }));
    }
}
