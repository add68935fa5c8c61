package dev.finecomb.cli;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.JobEvent;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** What happens to the job, a line each. */
@Command(
        name = "events",
        description = "Shows what happens to the job: started, removed, finalized, command-applied, ...",
        mixinStandardHelpOptions = true)
final class WatchEventsCommand extends WatchTopic {
    @Override
    String topic(Topics topics) {
        return topics.events();
    }

    @Override
    String line(byte[] value) throws MalformedMessageException {
        JobEvent event = JobEvent.decode(value);
        return String.format(
                        Locale.ROOT,
                        "%s  step %6d  %-18s %s",
                        event.time(),
                        event.origin().step(),
                        event.kind().wireName(),
                        event.details().entrySet().stream()
                                .map(WatchEventsCommand::detail)
                                .collect(Collectors.joining(" ")))
                .stripTrailing();
    }

    private static String detail(Map.Entry<String, Scalar> detail) {
        String value = switch (detail.getValue()) {
            case Scalar.Text(String text) -> text;
            case Scalar.Whole(long whole) -> Long.toString(whole);
            case Scalar.Real(double real) -> Double.toString(real);
            case Scalar.Flag(boolean flag) -> Boolean.toString(flag);
        };
        return detail.getKey() + "=" + value;
    }
}
