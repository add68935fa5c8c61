package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** The job's topics: making them, comparing them, and what makes them elsewhere. */
@Command(
        name = "topics",
        description = "The job's topics: create them, show how they differ, or print what creates them.",
        mixinStandardHelpOptions = true,
        subcommands = {TopicsShowCommand.class, TopicsCreateCommand.class, TopicsManifestsCommand.class})
final class TopicsCommand {}
