package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.publish.ExistingTopic;
import dev.finecomb.publish.TopicCheck;
import dev.finecomb.publish.TopicReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How the job's topics are, beside how they have to be. */
@Command(
        name = "show",
        description = {
            "Shows the job's topics beside what their data needs, with the command that mends each difference.",
            "Exit code 1 if a topic is missing or the service would refuse it. Changes nothing."
        },
        mixinStandardHelpOptions = true)
final class TopicsShowCommand implements Callable<Integer> {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private TopicOptions topics = new TopicOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        List<TopicReport> reports;
        try {
            reports = new TopicCheck(broker.kafka(), topics.ingest(broker), topics.layout(broker)).look();
        } catch (RestartLaterException | OperatorNeededException e) {
            throw TopicFailure.of(broker, e);
        }
        String servers = String.valueOf(broker.clientProperties().get("bootstrap.servers"));
        reports.forEach(report -> output.answer(text(report, servers), json(report, servers)));
        boolean fine = reports.stream()
                .allMatch(report ->
                        report.found().isPresent() && report.problems().isEmpty());
        return (fine ? ExitCode.DONE : ExitCode.BROKEN_PROMISE).code();
    }

    private static String state(TopicReport report) {
        if (report.found().isEmpty()) {
            return "missing";
        }
        if (!report.problems().isEmpty()) {
            return "unfit";
        }
        return report.advice().isEmpty() ? "ok" : "differs";
    }

    private static String text(TopicReport report, String servers) {
        String head = "%-8s %-32s".formatted(state(report), report.plan().name());
        String body = report.found()
                .map(found -> head + "  " + describe(found))
                .orElseGet(() -> head.stripTrailing() + System.lineSeparator() + "         "
                        + report.plan().command(servers));
        String rest = Stream.concat(report.problems().stream(), report.advice().stream())
                .map(line -> System.lineSeparator() + "         " + line)
                .reduce("", String::concat);
        return body + rest;
    }

    /** What a person wants to know of a topic, in a line. */
    static String describe(ExistingTopic topic) {
        String kept = topic.cleanup().contains("delete")
                ? topic.retentionMillis() < 0 ? ", for ever" : ", " + days(topic.retentionMillis())
                : "";
        return "partitions " + topic.partitions() + ", replicas " + topic.replicas() + ", " + topic.cleanupPolicy()
                + kept + ", records up to " + topic.maxMessageBytes() + " bytes";
    }

    private static String days(long millis) {
        long day = Duration.ofDays(1).toMillis();
        return millis % day == 0 ? millis / day + " d" : millis + " ms";
    }

    private static ObjectNode json(TopicReport report, String servers) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("topic", report.plan().name())
                .put("state", state(report));
        if (report.found().isPresent()) {
            ExistingTopic found = report.found().get();
            node.put("partitions", found.partitions())
                    .put("replicas", found.replicas())
                    .put("cleanupPolicy", found.cleanupPolicy())
                    .put("retentionMillis", found.retentionMillis())
                    .put("maxMessageBytes", found.maxMessageBytes());
        } else {
            node.put("create", report.plan().command(servers));
        }
        ArrayNode problems = node.putArray("problems");
        report.problems().forEach(problems::add);
        ArrayNode advice = node.putArray("advice");
        report.advice().forEach(advice::add);
        return node;
    }
}
