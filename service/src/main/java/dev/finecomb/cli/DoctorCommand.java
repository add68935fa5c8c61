package dev.finecomb.cli;

import dev.finecomb.cli.Diagnosis.Verdict;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.config.ModelConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at everything that a start of the service depends on, and says of each thing whether it will do. */
@Command(
        name = "doctor",
        description = {
            "Checks what a start of the service depends on: settings, JVM, libtorch, directories, broker, transactions,"
                    + " topics, rights.",
            "Prints ok, warn or fail a line, with the remedy. Exit code 0 if nothing failed, else the worst of 75 and 78.",
            "Give it the JVM's options that the service gets, and the service's own settings by --config-file."
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private TopicOptions topics = new TopicOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--skip-broker", description = "Look at this machine only.")
    private boolean skipBroker;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        List<Diagnosis> all = new ArrayList<>();
        Consumer<Diagnosis> tell = diagnosis -> {
            all.add(diagnosis);
            output.answer(diagnosis.line(), diagnosis.json());
        };
        Optional<CommandFailure> unreadable = unreadable();
        if (unreadable.isEmpty() && !skipBroker) {
            // What is wrong with the command line is told before anything else.
            KafkaConfig _ = broker.kafka();
        }
        Optional<FinecombConfig> settings = unreadable.isEmpty() ? broker.settings() : Optional.empty();
        tell.accept(unreadable
                .map(failure -> Diagnosis.of("settings", failure))
                .orElseGet(() -> settings.map(DoctorCommand::valid).orElseGet(DoctorCommand::none)));
        MachineCheck.jvm().forEach(tell);
        tell.accept(MachineCheck.engine(
                settings.map(found -> found.model().device()).orElse(ModelConfig.Device.AUTO)));
        settings.ifPresent(found -> MachineCheck.files(found).forEach(tell));
        if (unreadable.isPresent()) {
            tell.accept(Diagnosis.warn("broker", "not looked at: the settings have to be corrected first"));
        } else if (!skipBroker) {
            new BrokerCheck(broker, topics, tell).run();
        }
        return all.stream()
                .map(Diagnosis::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.OK)
                .exitCode()
                .code();
    }

    private Optional<CommandFailure> unreadable() {
        try {
            Optional<FinecombConfig> _ = broker.settings();
            return Optional.empty();
        } catch (CommandFailure e) {
            return Optional.of(e);
        }
    }

    private static Diagnosis valid(FinecombConfig settings) {
        return Diagnosis.ok("settings", "job " + settings.kafka().job() + ", all valid");
    }

    private static Diagnosis none() {
        return Diagnosis.warn(
                "settings",
                "none were named, so directories and model are not looked at; name them by --config-file job.yml");
    }
}
