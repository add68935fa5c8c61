package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.config.ConfigProblem;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.model.Trainable;
import dev.finecomb.model.UnreadableModelException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.LayerVerdict;
import dev.finecomb.sparsity.UnmatchedGlobException;
import dev.finecomb.training.ModuleVerdicts;
import dev.finecomb.training.UnprunableModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at a model and writes a configuration for it. */
@Command(
        name = "init",
        description = {
            "Prints a configuration file for a TorchScript module.",
            "It says which layers the service would make sparse, and why not the others. Nothing of the module is"
                    + " executed.",
            "Ends with 0, 64 for a wrong argument, 78 if a file can't be read or written, or if the service could not"
                    + " train the module or make it sparse."
        },
        mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
    private static final int LONGEST_JOB = 50;

    @Parameters(paramLabel = "MODEL.pt", description = "A module saved by torch.jit.save.")
    private Path model = Path.of("");

    @Option(
            names = "--pattern",
            paramLabel = "N:M",
            defaultValue = "2:4",
            converter = PatternConverter.class,
            description = "Of every M neighbours N are kept, ${DEFAULT-VALUE} by default.")
    private Pattern pattern = new Pattern(2, 4);

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Parameters to make sparse beyond the default choice; may be repeated.")
    private List<String> include = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "Parameters to leave dense; may be repeated, and wins.")
    private List<String> exclude = List.of();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT[,...]",
            defaultValue = "localhost:9092",
            description = "For the file, not asked; ${DEFAULT-VALUE} by default.")
    private String brokers = "localhost:9092";

    @Option(names = "--job", paramLabel = "NAME", description = "The job's name; after the module's by default.")
    private String job = "";

    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description = "For checkpoints and export; one of the job's name here by default.")
    private Path directory = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write the file instead of printing it, such as job.yml.")
    private Path file = Path.of("");

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
        if (!Files.isRegularFile(model)) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    model + " is no file: name a module saved by torch.jit.save, such as model.pt");
        }
        JobFile made = look();
        List<ConfigProblem> problems = made.problems();
        if (!problems.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    problems.stream().map(ConfigProblem::text).collect(Collectors.joining(System.lineSeparator())));
        }
        if (!file.toString().isEmpty()) {
            write(made.text());
        }
        output.answer(file.toString().isEmpty() ? made.text().stripTrailing() : summary(made), json(made));
        return ExitCode.DONE.code();
    }

    private JobFile look() throws CommandFailure {
        try {
            ModuleArchive archive = ModuleArchive.open(model);
            Trainable.require(archive, model);
            List<LayerVerdict> verdicts = ModuleVerdicts.of(archive, pattern, include, exclude);
            String name = job.isEmpty() ? jobName(model) : job;
            Path below = directory.toString().isEmpty() ? Path.of(name) : directory;
            return new JobFile(
                    brokers,
                    name,
                    new JobFile.Model(absolute(model), Sha256.hex(model), archive.inputs()),
                    new JobFile.Layers(pattern, include, exclude, verdicts),
                    absolute(below));
        } catch (UnmatchedGlobException wrong) {
            throw new CommandFailure(ExitCode.USAGE, "--include or --exclude: " + wrong.getMessage(), wrong);
        } catch (UnreadableModelException | UnprunableModelException unusable) {
            throw new CommandFailure(ExitCode.CONFIGURATION, unusable.getMessage(), unusable);
        } catch (IOException unreadable) {
            throw new CommandFailure(ExitCode.CONFIGURATION, model + " can't be read: " + unreadable, unreadable);
        }
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** {@code My_Net v2.pt} is {@code my-net-v2}. */
    static String jobName(Path model) {
        String name = model.getFileName()
                .toString()
                .replaceFirst("\\.[A-Za-z0-9]*$", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        String cut = name.substring(0, Math.min(name.length(), LONGEST_JOB));
        return cut.isEmpty() ? "job" : cut;
    }

    private void write(String text) throws CommandFailure {
        StandardOpenOption[] options = force
                ? new StandardOpenOption[] {
                    StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE
                }
                : new StandardOpenOption[] {StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE};
        if (!force && Files.exists(file)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--out " + file + " exists: name another file, or replace it with --force");
        }
        try {
            Files.writeString(file, text, options);
        } catch (IOException unwritable) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION, "--out " + file + " can't be written: " + unwritable, unwritable);
        }
    }

    private String summary(JobFile made) {
        List<LayerVerdict> sparse =
                made.layers().verdicts().stream().filter(LayerVerdict::sparse).toList();
        return file + ": job " + made.job() + ", " + sparse.size() + " layers become " + pattern + ": "
                + sparse.stream().map(LayerVerdict::parameter).collect(Collectors.joining(", "));
    }

    private static ObjectNode json(JobFile made) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("job", made.job())
                .put("model", made.model().file().toString())
                .put("sha256", made.model().sha256());
        ArrayNode layers = root.putArray("layers");
        for (LayerVerdict verdict : made.layers().verdicts()) {
            ObjectNode layer = layers.addObject().put("parameter", verdict.parameter());
            ArrayNode shape = layer.putArray("shape");
            verdict.shape().forEach(shape::add);
            layer.put("sparse", verdict.sparse()).put("reason", verdict.reason());
        }
        root.put("configuration", made.text());
        return root;
    }
}
