package dev.finecomb.cli;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointInspector;
import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Parameters;

/** The checkpoint directory that a command looks at. */
final class StoreArgument {
    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "What checkpoint.directory of the job names.")
    private Path directory = Path.of("");

    /** What a command finds out about a store. */
    @FunctionalInterface
    interface Look {
        ExitCode at(CheckpointInspector store) throws IOException, CommandFailure;
    }

    /** Looks at the store; failures of the disk become the command's. */
    ExitCode look(Look look) throws CommandFailure {
        try {
            return look.at(new CheckpointInspector(directory));
        } catch (NotDirectoryException wrong) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    directory + " is no directory: name the one that checkpoint.directory of the job names",
                    wrong);
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    ExitCode.RETRY,
                    directory + " can't be read: " + unreadable + ". Make it readable for this user, then ask again.",
                    unreadable);
        }
    }

    /** The checkpoint of that name. */
    CheckpointId find(String name, List<CheckpointId> there) throws CommandFailure {
        for (CheckpointId id : there) {
            if (id.toString().equals(name)) {
                return id;
            }
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                directory + " holds no checkpoint " + name + "; it holds "
                        + (there.isEmpty()
                                ? "none"
                                : there.stream().map(CheckpointId::toString).collect(Collectors.joining(", "))));
    }

    CommandFailure empty() {
        return new CommandFailure(ExitCode.CONFIGURATION, directory + " holds no checkpoint");
    }

    Path directory() {
        return directory;
    }
}
