package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointInspector;
import dev.finecomb.checkpoint.CheckpointInspector.Inspection;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which checkpoints lie in a directory. */
@Command(
        name = "ls",
        description = {
            "Lists the checkpoints of a directory by their manifests; what the files hold, verify finds out.",
            "Ends with 0, or 1 if a manifest is damaged."
        },
        mixinStandardHelpOptions = true)
final class CheckpointListCommand implements Callable<Integer> {
    @Mixin
    private StoreArgument argument = new StoreArgument();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
        return argument.look(this::list).code();
    }

    private ExitCode list(CheckpointInspector store) throws IOException {
        List<Inspection> found = new ArrayList<>();
        for (CheckpointId id : store.checkpoints()) {
            store.describe(id).ifPresent(found::add);
        }
        List<String> unfinished = store.unfinished();
        output.answer(text(found, unfinished, Instant.now()), json(found, unfinished));
        return found.stream().allMatch(Inspection::isWhole) ? ExitCode.DONE : ExitCode.BROKEN_PROMISE;
    }

    private String text(List<Inspection> found, List<String> unfinished, Instant now) {
        List<String> lines = new ArrayList<>();
        if (found.isEmpty()) {
            lines.add(argument.place() + " holds no checkpoint");
        } else {
            lines.add(table(found, now).toString());
        }
        found.forEach(checkpoint -> lines.addAll(checkpoint.damage()));
        if (!unfinished.isEmpty()) {
            lines.add("being written or deleted, or left behind so: " + String.join(", ", unfinished));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static TextTable table(List<Inspection> found, Instant now) {
        TextTable table = new TextTable("checkpoint", "job", "step", "size", "age", "");
        for (Inspection checkpoint : found) {
            Optional<CheckpointManifest> manifest = checkpoint.stored().map(stored -> stored.manifest());
            table.add(
                    checkpoint.id().toString(),
                    manifest.map(it -> it.origin().job()).orElse("?"),
                    manifest.map(it -> Long.toString(it.origin().step())).orElse("?"),
                    manifest.map(it -> Words.bytes(size(it))).orElse("?"),
                    manifest.map(it -> Words.age(Duration.between(it.createdAt(), now)))
                            .orElse("?"),
                    note(checkpoint));
        }
        return table;
    }

    private static String note(Inspection checkpoint) {
        if (!checkpoint.isWhole()) {
            return "DAMAGED";
        }
        return checkpoint.setAside() ? "was found damaged by its owner" : "";
    }

    /** What its files take, by its manifest. */
    private static long size(CheckpointManifest manifest) {
        return manifest.files().stream().mapToLong(FileEntry::bytes).sum();
    }

    private static ObjectNode json(List<Inspection> found, List<String> unfinished) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode checkpoints = root.putArray("checkpoints");
        for (Inspection checkpoint : found) {
            ObjectNode out = checkpoints.addObject();
            out.put("checkpoint", checkpoint.id().toString());
            checkpoint
                    .stored()
                    .ifPresent(stored -> out.put(
                                    "job", stored.manifest().origin().job())
                            .put("step", stored.manifest().origin().step())
                            .put("bytes", size(stored.manifest()))
                            .put("createdAt", stored.manifest().createdAt().toString()));
            out.put("setAside", checkpoint.setAside());
            ArrayNode damage = out.putArray("damage");
            checkpoint.damage().forEach(damage::add);
        }
        ArrayNode names = root.putArray("unfinished");
        unfinished.forEach(names::add);
        return root;
    }
}
