package dev.finecomb.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaIT {
    private static final String TOPIC = "survivors";

    @TempDir
    Path directory;

    @Test
    void recordsSurviveStopsAndAKillAndTheProcessEndsWithItsStandardInputOrATerm() throws Exception {
        Process first = child();
        String bootstrap = ready(first);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
        produce(bootstrap, 0, 200);
        first.destroyForcibly().waitFor();

        Process second = child();
        String afterKill = ready(second);
        assertThat(consume(afterKill, 200)).isEqualTo(numbers(200));
        produce(afterKill, 200, 250);
        second.getOutputStream().close();
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isZero();

        Process terminated = child();
        ready(terminated);
        assertThatThrownBy(() -> EmbeddedKafka.start(directory))
                .hasMessageContaining("Another broker uses " + directory);
        terminated.destroy();
        assertThat(terminated.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(directory.resolve("data/.kafka_cleanshutdown")).exists();

        try (var third = EmbeddedKafka.start(directory)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory)).hasMessageContaining("Another broker uses");
            assertThat(consume(third.bootstrapServers(), 250)).isEqualTo(numbers(250));
        }
    }

    private Process child() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedKafka.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String ready(Process child) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8));
        String line = reader.readLine();
        while (line != null && !line.startsWith("READY ")) {
            line = reader.readLine();
        }
        assertThat(line).isNotNull();
        Thread.ofVirtual().start(() -> reader.lines().forEach(ignored -> {}));
        return line.substring("READY ".length());
    }

    private static void produce(String bootstrap, int from, int to) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "acks", "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                var _ = producer.send(new ProducerRecord<>(TOPIC, Integer.toString(i)));
            }
            producer.flush();
        }
    }

    private static List<String> consume(String bootstrap, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", "false");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> values = new ArrayList<>();
            while (values.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
