package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.export.ExportedFile;
import dev.finecomb.export.MaskFile;
import dev.finecomb.protocol.mask.MaskLayer;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.mask.MaskSubscriber;
import dev.finecomb.protocol.mask.MaskUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a snapshot of the masks topic as a file. */
@Command(
        name = "export",
        description = {
            "Writes a job's masks as a safetensors file: of each sparse weight a U8 tensor of its shape, 1 where it"
                    + " stays.",
            "The newest snapshot, complete and verified by its digests; it waits for one if there is none yet.",
            "Ends with 0, 64 for a wrong argument, 75 if there is no snapshot yet, 78 if the topic or the version asked"
                    + " for is not there, the broker refuses, or the file can't be written."
        })
final class MaskExportCommand implements Callable<Integer> {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    // Not the standard help options: theirs would take --version.
    @SuppressWarnings("UnusedVariable") // Read by picocli.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;

    @Option(
            names = "--version",
            paramLabel = "N",
            description = "This snapshot instead of the newest, while the topic still holds it; 1 is the first.")
    private Optional<Long> version = Optional.empty();

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Such as masks.safetensors.")
    private Path file = Path.of("");

    @Option(
            names = "--packed",
            description =
                    "One bit a weight, least significant first, in grouped order, as in an export's mask.safetensors.")
    private boolean packed;

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
        requireSensible();
        MaskSnapshot snapshot = snapshot();
        try {
            ExportedFile written = MaskFile.write(snapshot, packed ? MaskFile.Form.PACKED : MaskFile.Form.BYTES, file);
            output.answer(text(snapshot, written), json(snapshot, written));
            return ExitCode.DONE.code();
        } catch (ArithmeticException tooLarge) {
            throw new CommandFailure(
                    ExitCode.USAGE, "a layer of 2^31 weights or more can only be written with --packed", tooLarge);
        } catch (IOException | IllegalArgumentException unwritable) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION, "--out " + file + " can't be written: " + unwritable, unwritable);
        }
    }

    private void requireSensible() throws CommandFailure {
        if (version.isPresent() && version.get() < 1) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--version is a whole number from 1 on, such as 3, not " + version.get());
        }
        if (Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.USAGE, "--out names a file to write, and " + file + " is a directory");
        }
        if (!force && Files.exists(file)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--out " + file + " exists: name another file, or replace it with --force");
        }
    }

    private MaskSnapshot snapshot() throws CommandFailure {
        Map<String, Object> properties = broker.patientProperties();
        try {
            TopicTail.open(properties, broker.topics().masks()).close();
            try (MaskSubscriber subscriber = MaskSubscriber.connect(properties, broker.topics())) {
                return version.isPresent()
                        ? version(subscriber, version.get())
                        : subscriber.awaitNewest(broker.timeout());
            }
        } catch (MaskUnavailableException missing) {
            throw new CommandFailure(ExitCode.RETRY, missing.getMessage(), missing);
        } catch (KafkaException failure) {
            throw broker.failure(failure);
        }
    }

    /** One that a topic read to its end does not hold is gone for good; another try helps only where time was too short. */
    private MaskSnapshot version(MaskSubscriber subscriber, long wanted)
            throws CommandFailure, MaskUnavailableException {
        long began = System.nanoTime();
        try {
            return subscriber.awaitVersion(wanted, broker.timeout());
        } catch (MaskUnavailableException missing) {
            if (System.nanoTime() - began >= broker.timeout().toNanos()) {
                throw missing;
            }
            throw new CommandFailure(ExitCode.CONFIGURATION, missing.getMessage(), missing);
        }
    }

    private String text(MaskSnapshot snapshot, ExportedFile written) {
        MaskManifest manifest = snapshot.manifest();
        TextTable table = new TextTable("parameter", "shape", "weights", "kept");
        for (MaskLayer layer : snapshot.layers()) {
            table.add(
                    layer.parameter(),
                    Words.shape(layer.layout().shape()),
                    Long.toString(layer.layout().elements()),
                    Long.toString(layer.kept()));
        }
        return table + System.lineSeparator() + "version " + manifest.version() + " of incarnation "
                + manifest.origin().incarnation() + ", step "
                + manifest.origin().step() + ", "
                + manifest.state().wireName() + ", " + manifest.pattern() + System.lineSeparator() + file + ": "
                + Words.bytes(written.bytes()) + ", sha256 " + written.sha256();
    }

    private ObjectNode json(MaskSnapshot snapshot, ExportedFile written) {
        MaskManifest manifest = snapshot.manifest();
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("file", file.toString()).put("bytes", written.bytes()).put("sha256", written.sha256());
        root.put("job", manifest.origin().job())
                .put("incarnation", manifest.origin().incarnation())
                .put("step", manifest.origin().step())
                .put("version", manifest.version())
                .put("state", manifest.state().wireName())
                .put("pattern", manifest.pattern().toString())
                .put("digest", manifest.digest());
        ArrayNode layers = root.putArray("layers");
        for (MaskLayer layer : snapshot.layers()) {
            layers.addObject()
                    .put("parameter", layer.parameter())
                    .put("weights", layer.layout().elements())
                    .put("kept", layer.kept());
        }
        return root;
    }
}
