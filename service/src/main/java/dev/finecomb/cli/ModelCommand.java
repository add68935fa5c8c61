package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** What can be asked about a model's files. */
@Command(
        name = "model",
        description = "Looks at the files of models.",
        mixinStandardHelpOptions = true,
        subcommands = ModelVerifyCommand.class)
final class ModelCommand {}
