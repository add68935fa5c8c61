package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** The records that the job refused. */
@Command(
        name = "dead-letters",
        description = "The records that the job refused: list them, or send them anew once the reason is gone.",
        mixinStandardHelpOptions = true,
        subcommands = {DeadLettersLsCommand.class, DeadLettersReplayCommand.class})
final class DeadLettersCommand {}
