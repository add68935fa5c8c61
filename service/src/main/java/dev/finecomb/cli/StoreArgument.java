package dev.finecomb.cli;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointInspector;
import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import dev.finecomb.storage.ObjectStorage;
import dev.finecomb.storage.ObjectStorageException;
import dev.finecomb.storage.UnfitStorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The checkpoints that a command looks at. */
final class StoreArgument {
    @Parameters(
            index = "0",
            paramLabel = "DIRECTORY",
            description = "What checkpoint.directory of the job names, a path or s3://bucket/prefix.")
    private String directory = "";

    @Option(names = "--s3-endpoint", paramLabel = "URL", description = "For s3://: object-storage.endpoint of the job.")
    private Optional<String> endpoint = Optional.empty();

    @Option(names = "--s3-region", paramLabel = "REGION", description = "For s3://: object-storage.region of the job.")
    private Optional<String> region = Optional.empty();

    @Option(names = "--s3-path-style", description = "For s3://: object-storage.path-style of the job.")
    private boolean pathStyle;

    /** What a command finds out about a store. */
    @FunctionalInterface
    interface Look {
        ExitCode at(CheckpointInspector store) throws IOException, CommandFailure;
    }

    /** Looks at the store; failures of the disk or of the object store become the command's. */
    ExitCode look(Look look) throws CommandFailure {
        Place named = Place.of(directory)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, directory + " names no place: give a path or s3://bucket/prefix"));
        try {
            return switch (named) {
                case Place.Directory(Path path) -> look.at(CheckpointInspector.ofDirectory(path));
                case Place.Bucket bucket -> look(look, bucket);
            };
        } catch (NotDirectoryException wrong) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    directory + " is no directory: name the one that checkpoint.directory of the job names",
                    wrong);
        } catch (UnfitStorageException wrong) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION, wrong.getMessage() + "; here, --s3-endpoint and --s3-region", wrong);
        } catch (ObjectStorageException away) {
            throw new CommandFailure(ExitCode.RETRY, away.getMessage(), away);
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    ExitCode.RETRY,
                    directory + " can't be read: " + unreadable + ". Make it readable for this user, then ask again.",
                    unreadable);
        }
    }

    private ExitCode look(Look look, Place.Bucket bucket) throws IOException, CommandFailure {
        if (!endpoint.map(url -> url.matches(ObjectStorageConfig.ENDPOINT)).orElse(true)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--s3-endpoint is no address; write one such as http://minio:9000");
        }
        var settings = new ObjectStorageConfig(endpoint, region, pathStyle, Optional.empty());
        Path scratch = Files.createTempDirectory("finecomb-checkpoint");
        try (ObjectStorage storage = ObjectStorage.open(settings, bucket)) {
            return look.at(CheckpointInspector.ofBucket(storage, scratch));
        } finally {
            Files.deleteIfExists(scratch);
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

    /** As it was written. */
    String place() {
        return directory;
    }
}
