package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** The job's topics: making them, comparing them, and what makes them elsewhere. */
@Command(
        name = "topics",
        description =
                "The job's topics: create them, show how they differ, print what creates them, and what has to be granted.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TopicsShowCommand.class,
            TopicsCreateCommand.class,
            TopicsManifestsCommand.class,
            TopicsAclsCommand.class
        })
final class TopicsCommand {}
