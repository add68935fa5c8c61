package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.protocol.mask.MaskLayer;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.mask.MaskSubscriber;
import dev.finecomb.protocol.mask.MaskUnavailableException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Complete mask snapshots, verified against their manifests' digests. */
@Command(
        name = "masks",
        description = {
            "Shows the newest complete mask snapshot, and each newer one, verified by its digests.",
            "Exit code 1 if the newest stays incomplete or corrupt for 30 s."
        },
        mixinStandardHelpOptions = true)
final class WatchMasksCommand implements Callable<Integer> {
    private static final Duration POLL_WAIT = Duration.ofSeconds(1);

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private WatchLimit limit = new WatchLimit();

    @Override
    public Integer call() throws CommandFailure {
        limit.requireSensible(broker);
        Map<String, Object> properties = broker.patientProperties();
        try {
            TopicTail.open(properties, broker.topics().masks()).close();
            try (MaskSubscriber masks = MaskSubscriber.connect(properties, broker.topics());
                    var _ = OrderlyStop.listening(masks::wakeup, ExitCode.DONE::code)) {
                follow(masks);
            }
            return ExitCode.DONE.code();
        } catch (MaskUnavailableException e) {
            throw new CommandFailure(ExitCode.BROKEN_PROMISE, String.valueOf(e.getMessage()), e);
        } catch (KafkaException e) {
            throw broker.failure(e);
        }
    }

    private void follow(MaskSubscriber masks) throws MaskUnavailableException {
        long shown = 0;
        try {
            while (!limit.isReached(shown)) {
                Optional<MaskSnapshot> snapshot = masks.poll(POLL_WAIT);
                snapshot.ifPresent(found -> output.answer(text(found), json(found)));
                shown += snapshot.isPresent() ? 1 : 0;
            }
        } catch (WakeupException told) {
            // The end.
        }
    }

    private static String text(MaskSnapshot snapshot) {
        long kept = snapshot.layers().stream().mapToLong(MaskLayer::kept).sum();
        long weights = snapshot.layers().stream()
                .mapToLong(layer -> layer.layout().elements())
                .sum();
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "version %d  step %d  %s  %s  %d layers  %d of %d weights kept, %.4f",
                snapshot.version(),
                snapshot.step(),
                snapshot.state().wireName(),
                snapshot.manifest().pattern(),
                snapshot.layers().size(),
                kept,
                weights,
                (double) kept / weights));
        for (MaskLayer layer : snapshot.layers()) {
            text.append(System.lineSeparator())
                    .append("  ")
                    .append(layer.parameter())
                    .append(' ')
                    .append(layer.layout().shape())
                    .append("  ")
                    .append(layer.kept())
                    .append(" of ")
                    .append(layer.layout().elements());
        }
        return text.toString();
    }

    private static ObjectNode json(MaskSnapshot snapshot) {
        MaskManifest manifest = snapshot.manifest();
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("job", manifest.origin().job())
                .put("incarnation", manifest.origin().incarnation())
                .put("step", snapshot.step())
                .put("version", snapshot.version())
                .put("state", snapshot.state().wireName())
                .put("pattern", manifest.pattern().toString())
                .put("digest", manifest.digest());
        ArrayNode layers = node.putArray("layers");
        for (MaskLayer layer : snapshot.layers()) {
            ObjectNode one = layers.addObject()
                    .put("parameter", layer.parameter())
                    .put("kept", layer.kept())
                    .put("weights", layer.layout().elements());
            ArrayNode shape = one.putArray("shape");
            layer.layout().shape().forEach(shape::add);
        }
        return node;
    }
}
