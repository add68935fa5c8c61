package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** What can be asked about a job's checkpoints on disk. */
@Command(
        name = "checkpoint",
        description = "Looks at a job's checkpoints on disk, beside a running service too; changes nothing.",
        mixinStandardHelpOptions = true,
        subcommands = {CheckpointListCommand.class, CheckpointShowCommand.class, CheckpointVerifyCommand.class})
final class CheckpointCommand {}
