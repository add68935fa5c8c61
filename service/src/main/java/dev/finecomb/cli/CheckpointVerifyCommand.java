package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointInspector;
import dev.finecomb.checkpoint.CheckpointInspector.Inspection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Whether checkpoints are on disk as their manifests say. */
@Command(
        name = "verify",
        description = {
            "Reads every file of every checkpoint and compares its size and SHA-256 with the manifest.",
            "Ends with 0 if all are whole, 1 if a file is damaged or missing (each is named), 64 if there is none"
                    + " of that name, 78 if there is none at all."
        },
        mixinStandardHelpOptions = true)
final class CheckpointVerifyCommand implements Callable<Integer> {
    @Mixin
    private StoreArgument argument = new StoreArgument();

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "CHECKPOINT",
            description = "Only these, by the names that ls prints.")
    private List<String> names = List.of();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
        return argument.look(this::verify).code();
    }

    private ExitCode verify(CheckpointInspector store) throws IOException, CommandFailure {
        List<Inspection> found = new ArrayList<>();
        for (CheckpointId id : chosen(store.checkpoints())) {
            store.verify(id).ifPresent(found::add);
        }
        if (found.isEmpty()) {
            throw argument.empty();
        }
        output.answer(text(found), json(found));
        return found.stream().allMatch(Inspection::isWhole) ? ExitCode.DONE : ExitCode.BROKEN_PROMISE;
    }

    private List<CheckpointId> chosen(List<CheckpointId> there) throws CommandFailure {
        if (names.isEmpty()) {
            return there;
        }
        List<CheckpointId> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(argument.find(name, there));
        }
        return chosen;
    }

    private static String text(List<Inspection> found) {
        return found.stream().map(CheckpointVerifyCommand::text).collect(Collectors.joining(System.lineSeparator()));
    }

    private static String text(Inspection checkpoint) {
        if (checkpoint.isWhole()) {
            return "whole    " + checkpoint.id() + ": " + files(checkpoint) + " and their manifest";
        }
        return checkpoint.damage().stream()
                .map(damage -> "DAMAGED  " + checkpoint.id() + ": " + damage)
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String files(Inspection checkpoint) {
        return checkpoint
                .stored()
                .map(stored -> stored.manifest().files().size() + " files")
                .orElse("");
    }

    private static ObjectNode json(List<Inspection> found) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("holds", found.stream().allMatch(Inspection::isWhole));
        ArrayNode checkpoints = root.putArray("checkpoints");
        for (Inspection checkpoint : found) {
            ObjectNode out =
                    checkpoints.addObject().put("checkpoint", checkpoint.id().toString());
            ArrayNode damage = out.putArray("damage");
            checkpoint.damage().forEach(damage::add);
        }
        return root;
    }
}
