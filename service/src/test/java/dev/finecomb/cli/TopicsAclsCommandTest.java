package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopicsAclsCommandTest {
    @Test
    void theCommandsGrantTheServiceTheLeastThatItNeeds() {
        CommandRun run = CommandRun.of(
                "topics", "acls", "--job", "reviews", "--bootstrap-servers", "k:9092", "--principal", "User:CN=a b");
        assertThat(run.out().lines())
                .hasSize(10)
                .startsWith(
                        "kafka-acls.sh --bootstrap-server k:9092 --add --allow-principal 'User:CN=a b'"
                                + " --operation Read --operation Write --operation DescribeConfigs --topic finecomb.checkpoints")
                .endsWith("kafka-acls.sh --bootstrap-server k:9092 --add --allow-principal 'User:CN=a b'"
                        + " --operation Write --transactional-id finecomb.reviews")
                .anyMatch(line -> line.endsWith("--operation Read --group finecomb.reviews"));
    }

    @Test
    void everyRoleHasItsOwn() {
        CommandRun run = CommandRun.of("topics", "acls", "--job", "reviews", "--role", "mask-subscriber", "--json");
        assertThat(run.out().lines())
                .containsExactly("{\"principal\":\"User:finecomb\",\"operation\":\"Read\",\"resourceType\":\"Topic\","
                        + "\"resourceName\":\"finecomb.reviews.masks\"}");
        assertThat(CommandRun.of("topics", "acls", "--job", "reviews", "--role", "service-creating-topics")
                        .out())
                .contains("--operation Write --operation Create --operation DescribeConfigs --topic finecomb.models");
    }

    @Test
    void aManifestIsAKafkaUserOfTheCluster() {
        CommandRun run =
                CommandRun.of("topics", "acls", "--job", "reviews", "--strimzi", "main", "--role", "mask-subscriber");
        assertThat(run.out()).isEqualTo("""
                ---
                apiVersion: kafka.strimzi.io/v1 # before Strimzi 0.49: v1beta2
                kind: KafkaUser
                metadata:
                  name: finecomb
                  labels:
                    strimzi.io/cluster: main
                spec:
                  authentication:
                    type: scram-sha-512 # or tls
                  authorization:
                    type: simple
                    acls:
                      - resource:
                          type: topic
                          name: finecomb.reviews.masks
                          patternType: literal
                        operations: [Read]
                """);
    }

    @Test
    void aWordThatIsNoRoleOrNoPrincipalEndsWith64() {
        CommandRun role = CommandRun.of("topics", "acls", "--job", "reviews", "--role", "king");
        assertThat(role.exitCode()).isEqualTo(64);
        assertThat(role.complaints()).contains("mask-subscriber", "king");
        CommandRun principal = CommandRun.of("topics", "acls", "--job", "reviews", "--principal", "alice");
        assertThat(principal.exitCode()).isEqualTo(64);
        assertThat(principal.complaints()).contains("User:alice");
    }
}
