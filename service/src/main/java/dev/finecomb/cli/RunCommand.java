package dev.finecomb.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * What the word {@code run} says of itself. The application looks for that word before anything else and starts the service,
 * so that a start does not wait for the command line; only the request for help comes here.
 */
@Command(
        name = "run",
        description = {
            "Starts the service: trains the job that its settings describe, until it is finished or told to stop.",
            "The word run may be left out."
        },
        customSynopsis = "finecomb [run] [--finecomb.SETTING=VALUE ...]",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Settings come from four places, each wins over those before it:",
            "  a file          -Dmicronaut.config.files=job.yml before -jar,",
            "                  or MICRONAUT_CONFIG_FILES=job.yml in the environment",
            "  environment     FINECOMB_KAFKA_JOB=reviews",
            "  the JVM         -Dfinecomb.kafka.job=reviews before -jar",
            "  command line    --finecomb.kafka.job=reviews",
            "",
            "Example:",
            "  java --add-modules jdk.incubator.vector -Dmicronaut.config.files=job.yml -jar finecomb.jar run \\",
            "    --finecomb.kafka.job=reviews-2",
            "",
            "Whatever is wrong with them is told at once. To look before starting: finecomb doctor --config-file job.yml"
        })
final class RunCommand implements Callable<Integer> {
    @Unmatched
    private List<String> settings = List.of();

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(
                command.commandLine(),
                "run has to be the first word, and only settings such as --finecomb.kafka.job=reviews may follow; found "
                        + settings);
    }
}
