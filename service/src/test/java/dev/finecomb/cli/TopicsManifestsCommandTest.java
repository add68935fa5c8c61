package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsManifestsCommandTest {
    @Test
    void theCommandsMakeEveryTopicAsTheServiceWould() {
        CommandRun run = CommandRun.of(
                "topics", "manifests", "--job", "reviews", "--bootstrap-servers", "k:9092", "--partitions", "3");
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(8);
        assertThat(lines.getFirst())
                .isEqualTo("kafka-topics.sh --bootstrap-server k:9092 --create --topic finecomb.reviews.batches"
                        + " --partitions 3 --config cleanup.policy=delete --config max.message.bytes=8454144"
                        + " --config retention.ms=604800000");
        assertThat(lines.getLast()).contains("--topic finecomb.models --partitions 1", "cleanup.policy=compact");
    }

    @Test
    void manifestsAreKafkaTopicsOfTheCluster() {
        CommandRun run =
                CommandRun.of("topics", "manifests", "--job", "My_Job", "--strimzi", "main", "--replicas", "3");
        assertThat(List.of(run.out().split("---\n", -1))).hasSize(9).element(1).isEqualTo("""
                        apiVersion: kafka.strimzi.io/v1 # before Strimzi 0.49: v1beta2
                        kind: KafkaTopic
                        metadata:
                          name: finecomb.my-job.batches
                          labels:
                            strimzi.io/cluster: main
                        spec:
                          topicName: finecomb.My_Job.batches
                          partitions: 1
                          replicas: 3
                          config:
                            cleanup.policy: delete
                            max.message.bytes: 8454144
                            retention.ms: 604800000
                        """);
    }

    @Test
    void jsonHoldsTheSameForPrograms() {
        CommandRun run = CommandRun.of("topics", "manifests", "--job", "reviews", "--json");
        assertThat(run.out().lines())
                .hasSize(8)
                .first()
                .isEqualTo(
                        "{\"topic\":\"finecomb.reviews.batches\",\"partitions\":1,\"settings\":{"
                                + "\"cleanup.policy\":\"delete\",\"max.message.bytes\":\"8454144\",\"retention.ms\":\"604800000\"}}");
    }
}
