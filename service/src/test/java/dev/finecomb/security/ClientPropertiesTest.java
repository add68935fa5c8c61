package dev.finecomb.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.KafkaFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientPropertiesTest {
    @TempDir
    Path directory;

    private KafkaConfig naming(String text, Map<String, String> more) throws Exception {
        Path file = Files.writeString(directory.resolve("client.properties"), text);
        KafkaConfig base = KafkaFixture.config("localhost:9092", "digits");
        return new KafkaConfig(
                base.bootstrapServers(),
                base.names(),
                base.startOffset(),
                base.timeouts(),
                base.delivery(),
                new KafkaConfig.Clients(more, Optional.of(file)));
    }

    @Test
    void secretsBesideTheFileReachEveryKindOfClient() throws Exception {
        Files.writeString(directory.resolve("password"), "hunter2");
        Files.writeString(directory.resolve("more.properties"), "trust=hunter3");
        KafkaConfig config = naming(
                "ssl.keystore.password=${directory:%1$s:password}\nssl.truststore.password=${file:%1$s/more.properties:trust}"
                        .formatted(directory),
                Map.of("ssl.keystore.location", "/keys"));

        Map<String, Object> all = new HashMap<>(ClientProperties.of(config));
        all.put("bootstrap.servers", "localhost:9092");
        all.put("key.serializer", ByteArraySerializer.class);
        all.put("value.serializer", ByteArraySerializer.class);
        all.put("key.deserializer", ByteArrayDeserializer.class);
        all.put("value.deserializer", ByteArrayDeserializer.class);

        for (AbstractConfig client :
                new AbstractConfig[] {new AdminClientConfig(all), new ProducerConfig(all), new ConsumerConfig(all)}) {
            assertThat(client.getPassword("ssl.keystore.password").value()).isEqualTo("hunter2");
            assertThat(client.getPassword("ssl.truststore.password").value()).isEqualTo("hunter3");
            assertThat(client.getString("ssl.keystore.location")).isEqualTo("/keys");
        }
        assertThat(all).doesNotContainValue("hunter2");
    }

    @Test
    void aReferenceToNothingIsRefusedInsteadOfUsedAsItStands() throws Exception {
        KafkaConfig file = naming("ssl.key.password=${directory:%s:absent}".formatted(directory), Map.of());
        assertThatThrownBy(() -> ClientProperties.of(file))
                .isInstanceOf(ClientPropertiesException.class)
                .hasMessageContainingAll("ssl.key.password", "file absent of directory " + directory, "Correct");

        KafkaConfig key = naming("ssl.key.password=${file:%s/client.properties:absent}".formatted(directory), Map.of());
        assertThatThrownBy(() -> ClientProperties.of(key))
                .hasMessageContainingAll("ssl.key.password", "key absent of file " + directory + "/client.properties");

        KafkaConfig noFile = naming("ssl.key.password=${file:%s/none:absent}".formatted(directory), Map.of());
        assertThatThrownBy(() -> ClientProperties.of(noFile)).hasMessageContaining("/none");
    }

    @Test
    void aFileThatIsGoneByNowIsRefusedByName() throws Exception {
        KafkaConfig config = naming("", Map.of());
        Files.delete(directory.resolve("client.properties"));

        assertThatThrownBy(() -> ClientProperties.of(config))
                .isInstanceOf(ClientPropertiesException.class)
                .hasMessageContainingAll("finecomb.kafka.properties-file", "client.properties", "no such file");
    }

    @Test
    void providersOfOnesOwnFollowKafkasRules() {
        Map<String, String> own = Map.of(
                "config.providers", "vault", "config.providers.vault.class", "x.Y", "a", "${directory:/none:absent}");

        assertThat(ClientProperties.completed(own)).isEqualTo(own);
    }

    @Test
    void onlyTlsRenewsCertificatesAndOnlyWhereNobodyChoseAnotherWay() {
        String factory = "ssl.engine.factory.class";
        String renewing = RenewingSslEngineFactory.class.getName();
        assertThat(ClientProperties.completed(Map.of("security.protocol", "SSL")))
                .containsEntry(factory, renewing);
        assertThat(ClientProperties.completed(Map.of("security.protocol", "SASL_SSL")))
                .containsEntry(factory, renewing);
        assertThat(ClientProperties.completed(Map.of("security.protocol", "SASL_PLAINTEXT")))
                .doesNotContainKey(factory);
        assertThat(ClientProperties.completed(Map.of())).isEmpty();
        assertThat(ClientProperties.completed(Map.of("security.protocol", "SSL", factory, "x.Y")))
                .containsEntry(factory, "x.Y");
    }
}
