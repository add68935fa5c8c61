package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.TopicSpec;
import dev.finecomb.publish.TopicCheck;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes the topics that are missing, as the service would with {@code create-topics: true}. */
@Command(
        name = "create",
        description = {
            "Creates the topics that are missing, as the service does with kafka.create-topics: true.",
            "Topics that exist are left as they are; if one of them would lose data, nothing is created."
        },
        mixinStandardHelpOptions = true)
final class TopicsCreateCommand implements Callable<Integer> {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private TopicOptions topics = new TopicOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        var check = new TopicCheck(broker.kafka(), topics.ingest(broker), topics.layout(broker));
        Set<String> made = Set.copyOf(create(check));
        List<String> names =
                broker.topics().specs().stream().map(TopicSpec::name).toList();
        for (String name : names) {
            boolean created = made.contains(name);
            output.answer(
                    (created ? "created  " : "existed  ") + name,
                    JsonNodeFactory.instance.objectNode().put("topic", name).put("created", created));
        }
        return ExitCode.DONE.code();
    }

    private List<String> create(TopicCheck check) throws CommandFailure, InterruptedException {
        try {
            return check.create();
        } catch (RestartLaterException | OperatorNeededException e) {
            throw TopicFailure.of(broker, e);
        }
    }
}
