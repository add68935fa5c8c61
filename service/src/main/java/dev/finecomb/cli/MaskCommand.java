package dev.finecomb.cli;

import picocli.CommandLine.Command;

/** What can be had of a job's masks. */
@Command(
        name = "mask",
        description = "Takes a job's masks out of its topic.",
        mixinStandardHelpOptions = true,
        subcommands = MaskExportCommand.class)
final class MaskCommand {}
