package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** KEDA asks for the topic's end and for the group's offsets, and reads nothing. */
    @Test
    void aScalerLooksAtTheInputsLag() {
        assertThat(CommandRun.of("topics", "acls", "--job", "reviews", "--role", "scaler", "--principal", "User:keda")
                        .out()
                        .lines())
                .containsExactly(
                        "kafka-acls.sh --bootstrap-server localhost:9092 --add --allow-principal User:keda"
                                + " --operation Describe --topic finecomb.reviews.batches",
                        "kafka-acls.sh --bootstrap-server localhost:9092 --add --allow-principal User:keda"
                                + " --operation Describe --group finecomb.reviews");
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
    void aManifestForTheSubjectOfACertificateIsNamedByItAlone() {
        assertThat(manifestFor("User:CN=serving.a-1").out())
                .contains("  name: serving.a-1\n", "    type: tls\n")
                .doesNotContain("CN=", "scram");
        assertThat(manifestFor("User:serving").out())
                .contains("  name: serving\n", "    type: scram-sha-512 # or tls\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "User:CN=serving,O=example",
                "User:CN=",
                "User:Serving",
                "User:a b",
                "User:a_b",
                "User:-a",
                "User:a.",
                "User:CN=CN=a",
                "Group:serving",
                "User:*"
            })
    void aPrincipalThatNoResourceCanBeNamedAfterEndsWith64(String principal) {
        CommandRun run = manifestFor(principal);
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.out()).isEmpty();
        assertThat(run.complaints()).contains(principal, "User:CN=NAME", "Without --strimzi");
    }

    @Test
    void aNameIsNoLongerThanAResourceOrACertificateTakes() {
        assertThat(manifestFor("User:" + "a".repeat(253)).exitCode()).isZero();
        assertThat(manifestFor("User:CN=" + "a".repeat(64)).exitCode()).isZero();

        CommandRun resource = manifestFor("User:" + "a".repeat(254));
        assertThat(resource.exitCode()).isEqualTo(64);
        assertThat(resource.complaints()).contains("at most 253 small letters");
        CommandRun certificate = manifestFor("User:CN=" + "a".repeat(65));
        assertThat(certificate.exitCode()).isEqualTo(64);
        assertThat(certificate.complaints()).contains("at most 64 small letters");
    }

    private static CommandRun manifestFor(String principal) {
        return CommandRun.of("topics", "acls", "--job", "reviews", "--strimzi", "main", "--principal", principal);
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
