package dev.finecomb.cli;

import dev.finecomb.publish.TopicPlan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Topics as Kubernetes resources of kind KafkaTopic, which Strimzi's topic operator turns into topics. The API version is v1,
 * of Strimzi 0.49 and later; older ones read the same under v1beta2.
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

    private String of(TopicPlan plan) {
        String resource =
                NO_RESOURCE_NAME.matcher(plan.name().toLowerCase(Locale.ROOT)).replaceAll("-");
        var text = new StringBuilder()
                .append("---\n")
                .append("apiVersion: kafka.strimzi.io/v1 # before Strimzi 0.49: v1beta2\n")
                .append("kind: KafkaTopic\n")
                .append("metadata:\n")
                .append("  name: ")
                .append(resource)
                .append("\n  labels:\n")
                .append("    strimzi.io/cluster: ")
                .append(cluster)
                .append("\nspec:\n");
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
