package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** A job's outputs as they are committed. */
@Command(
        name = "watch",
        description = "Shows a job's metrics, events or masks as they are committed, until Ctrl-C.",
        mixinStandardHelpOptions = true,
        subcommands = {WatchMetricsCommand.class, WatchEventsCommand.class, WatchMasksCommand.class})
final class WatchCommand {}
