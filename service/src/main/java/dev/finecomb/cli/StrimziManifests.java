package dev.finecomb.cli;

import dev.finecomb.publish.TopicPlan;
import dev.finecomb.security.Grant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.resource.ResourcePattern;

/**
 * Topics and a user as Kubernetes resources of kind KafkaTopic and KafkaUser, which Strimzi's operators turn into topics,
 * credentials and ACLs. The API version is v1, of Strimzi 0.49 and later; older ones read the same under v1beta2.
 */
final class StrimziManifests {
    private static final Pattern NO_RESOURCE_NAME = Pattern.compile("[^a-z0-9.-]");

    private final String cluster;

    StrimziManifests(String cluster) {
        this.cluster = cluster;
    }

    /** One YAML document a topic. */
    String of(List<TopicPlan> plans) {
        return plans.stream().map(this::of).collect(Collectors.joining());
    }

    /** A user with a certificate or a password that Strimzi makes, and his rights. */
    String user(String name, boolean certificate, SortedSet<Grant> grants) {
        var text = head("KafkaUser", name)
                .append("  authentication:\n    type: ")
                .append(certificate ? "tls" : "scram-sha-512 # or tls")
                .append('\n')
                .append("  authorization:\n    type: simple\n    acls:\n");
        Map<ResourcePattern, List<Grant>> byResource = grants.stream()
                .collect(Collectors.groupingBy(Grant::resource, LinkedHashMap::new, Collectors.toList()));
        byResource.forEach((resource, same) -> text.append("      - resource:\n          type: ")
                .append(strimzi(same.getFirst().resourceName()))
                .append("\n          name: ")
                .append(resource.name())
                .append("\n          patternType: literal\n        operations: ")
                .append(same.stream().map(Grant::operationName).toList())
                .append('\n'));
        return text.toString();
    }

    /** Strimzi's types begin with a small letter. */
    private static String strimzi(String type) {
        return type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
    }

    private StringBuilder head(String kind, String resource) {
        return new StringBuilder()
                .append("---\n")
                .append("apiVersion: kafka.strimzi.io/v1 # before Strimzi 0.49: v1beta2\n")
                .append("kind: ")
                .append(kind)
                .append("\nmetadata:\n")
                .append("  name: ")
                .append(resource)
                .append("\n  labels:\n")
                .append("    strimzi.io/cluster: ")
                .append(cluster)
                .append("\nspec:\n");
    }

    private String of(TopicPlan plan) {
        String resource =
                NO_RESOURCE_NAME.matcher(plan.name().toLowerCase(Locale.ROOT)).replaceAll("-");
        var text = head("KafkaTopic", resource);
        if (!resource.equals(plan.name())) {
            text.append("  topicName: ").append(plan.name()).append('\n');
        }
        text.append("  partitions: ").append(plan.partitions()).append('\n');
        plan.replicas()
                .ifPresent(
                        replicas -> text.append("  replicas: ").append(replicas).append('\n'));
        text.append("  config:\n");
        for (Map.Entry<String, String> setting : plan.settings().entrySet()) {
            text.append("    ")
                    .append(setting.getKey())
                    .append(": ")
                    .append(setting.getValue())
                    .append('\n');
        }
        return text.toString();
    }
}
