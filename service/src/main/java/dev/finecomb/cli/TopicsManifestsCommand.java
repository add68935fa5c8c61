package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.publish.TopicPlan;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What makes the topics where the service may not: commands for a person, manifests for an operator. */
@Command(
        name = "manifests",
        description = {
            "Prints the kafka-topics.sh commands that create the job's topics, or KafkaTopic manifests for Strimzi.",
            "Asks no broker."
        },
        mixinStandardHelpOptions = true)
final class TopicsManifestsCommand implements Callable<Integer> {
    private static final String SOME_BROKER = "localhost:9092";

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private TopicOptions topics = new TopicOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--strimzi",
            paramLabel = "CLUSTER",
            description = "KafkaTopic manifests for the Kafka cluster of this name.")
    private String strimziCluster = "";

    @Override
    public Integer call() throws CommandFailure {
        List<TopicPlan> plans = TopicPlan.of(broker.topics(), topics.ingest(broker), topics.layout(broker));
        String servers = broker.servers().orElse(SOME_BROKER);
        if (output.isJson()) {
            plans.forEach(plan -> output.out().println(json(plan)));
        } else if (strimziCluster.isEmpty()) {
            plans.forEach(plan -> output.out().println(plan.command(servers)));
        } else {
            output.out().print(new StrimziManifests(strimziCluster).of(plans));
        }
        output.out().flush();
        return ExitCode.DONE.code();
    }

    private static ObjectNode json(TopicPlan plan) {
        ObjectNode node =
                JsonNodeFactory.instance.objectNode().put("topic", plan.name()).put("partitions", plan.partitions());
        plan.replicas().ifPresent(replicas -> node.put("replicas", replicas));
        ObjectNode settings = node.putObject("settings");
        plan.settings().forEach(settings::put);
        return node;
    }
}
