package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** What can be asked about a job's checkpoints. */
@Command(
        name = "checkpoint",
        description =
                "Looks at a job's checkpoints, in a directory or an object store, beside a running service too; changes nothing.",
        mixinStandardHelpOptions = true,
        subcommands = {CheckpointListCommand.class, CheckpointShowCommand.class, CheckpointVerifyCommand.class})
final class CheckpointCommand {}
