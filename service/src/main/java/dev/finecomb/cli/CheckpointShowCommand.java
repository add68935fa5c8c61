package dev.finecomb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointInspector;
import dev.finecomb.checkpoint.CheckpointInspector.Inspection;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What one checkpoint's manifest says. */
@Command(
        name = "show",
        description = {
            "Prints what a checkpoint's manifest says; with --json, the manifest itself.",
            "Ends with 0, 1 if the manifest is damaged, 64 if there is none of that name, 78 if there is none at all."
        },
        mixinStandardHelpOptions = true)
final class CheckpointShowCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Mixin
    private StoreArgument argument = new StoreArgument();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "CHECKPOINT",
            description = "A name that ls prints; the youngest by default.")
    private String name = "";

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
        return argument.look(this::show).code();
    }

    private ExitCode show(CheckpointInspector store) throws IOException, CommandFailure {
        Inspection chosen = name.isEmpty() ? youngest(store) : named(store);
        Optional<StoredCheckpoint> stored = chosen.stored();
        if (stored.isEmpty()) {
            throw new CommandFailure(ExitCode.BROKEN_PROMISE, String.join(System.lineSeparator(), chosen.damage()));
        }
        output.answer(text(stored.get()), json(stored.get()));
        return ExitCode.DONE;
    }

    private Inspection named(CheckpointInspector store) throws IOException, CommandFailure {
        return store.describe(argument.find(name, store.checkpoints())).orElseThrow(argument::empty);
    }

    /** A damaged one has no age that could be believed, so it is shown only where there is no other. */
    private Inspection youngest(CheckpointInspector store) throws IOException, CommandFailure {
        List<Inspection> found = new ArrayList<>();
        for (CheckpointId id : store.checkpoints()) {
            store.describe(id).ifPresent(found::add);
        }
        return found.stream()
                .filter(checkpoint -> checkpoint.stored().isPresent())
                .max(Comparator.comparing(checkpoint ->
                        checkpoint.stored().orElseThrow().manifest().createdAt()))
                .or(() -> found.stream().findFirst())
                .orElseThrow(argument::empty);
    }

    private static String text(StoredCheckpoint stored) {
        CheckpointManifest manifest = stored.manifest();
        TextTable files = new TextTable("file", "bytes", "sha256");
        for (FileEntry file : manifest.files()) {
            files.add(file.name(), Long.toString(file.bytes()), file.sha256());
        }
        String positions = manifest.positions().entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(" "));
        return String.join(
                System.lineSeparator(),
                "checkpoint     " + stored.id(),
                "location       " + stored.location(),
                "job            " + manifest.origin().job(),
                "incarnation    " + manifest.origin().incarnation(),
                "step           " + manifest.origin().step(),
                "created        " + manifest.createdAt(),
                "positions      " + (positions.isEmpty() ? "none" : positions) + "  (partition:next offset of batches)",
                "model          " + manifest.fingerprints().modelSha256(),
                "settings       " + manifest.fingerprints().configurationSha256(),
                "manifest       " + stored.pointer().manifestSha256(),
                files.toString());
    }

    private static JsonNode json(StoredCheckpoint stored) throws IOException {
        return JSON.readTree(stored.manifestBytes());
    }
}
