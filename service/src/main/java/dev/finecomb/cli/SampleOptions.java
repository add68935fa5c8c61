package dev.finecomb.cli;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.ModelConfig;
import dev.finecomb.feed.CsvFile;
import dev.finecomb.feed.CsvForm;
import dev.finecomb.feed.NpyFile;
import dev.finecomb.feed.Samples;
import dev.finecomb.feed.UnreadableFileException;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.protocol.tensor.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Files of samples, what they hold, and what the service wants of it. */
final class SampleOptions {
    private static final long DEFAULT_BATCH = 64;

    @Mixin
    private RecordLimit limit = new RecordLimit();

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "CSV files of numbers (.csv), or safetensors files (.safetensors).")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--x", paramLabel = "FILE", description = "A NumPy array of inputs (.npy), [samples, ...].")
    private Path inputFile = Path.of("");

    @Option(names = "--y", paramLabel = "FILE", description = "The NumPy array of its labels (.npy).")
    private Path labelFile = Path.of("");

    @Option(
            names = "--label-column",
            paramLabel = "NAME",
            description = "CSV: the label's column, by name or number from 1; the last by default.")
    private String labelColumn = "";

    @Option(
            names = "--shape",
            paramLabel = "SIZE[,...]",
            split = ",",
            description = "CSV: shape of one sample, such as 1,8,8; one axis by default.")
    private List<Long> shape = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "NAME",
            description = "The service's model.inputs; x by default. Repeat it for several.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "The service's model.labels; y by default. Repeat it for several.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--classes",
            paramLabel = "NUMBER",
            description = "The service's model.classes: whole labels are below it.")
    private Optional<Long> classes = Optional.empty();

    @Option(
            names = "--batch-size",
            paramLabel = "NUMBER",
            description = "Samples of a record; 64 by default, of a safetensors file all it holds.")
    private Optional<Long> batchSize = Optional.empty();

    /** A file's samples, and how many of them make a record. */
    record Source(Samples samples, long batchSize) {}

    /** What the service would hold the records against. */
    BatchSchema schema(BrokerOptions broker) throws CommandFailure {
        Optional<FinecombConfig> settings = broker.settings();
        Optional<ModelConfig> model = settings.map(FinecombConfig::model);
        OptionalLong known = model.isPresent() ? model.orElseThrow().classes() : OptionalLong.empty();
        try {
            return new BatchSchema(
                    inputs.isEmpty() ? model.map(ModelConfig::inputs).orElse(List.of("x")) : inputs,
                    labels.isEmpty() ? model.map(ModelConfig::labels).orElse(List.of("y")) : labels,
                    Limits.RECORD.withMaxBytes(limit.ingest(broker).maxRecordBytes()),
                    settings.map(all -> all.training().checkFinite()).orElse(true),
                    classes.isPresent() ? OptionalLong.of(classes.get()) : known,
                    Map.of());
        } catch (IllegalArgumentException wrong) {
            throw broker.wrong(String.valueOf(wrong.getMessage()));
        }
    }

    /** Opens all files; the caller closes what was opened. */
    List<Source> open(BrokerOptions broker, BatchSchema schema) throws CommandFailure {
        boolean pair = isGiven(inputFile) || isGiven(labelFile);
        if (pair == !files.isEmpty() || isGiven(inputFile) != isGiven(labelFile)) {
            throw broker.wrong("name files, such as digits.csv or batch.safetensors, or a pair: --x x.npy --y y.npy");
        }
        if (batchSize.isPresent() && batchSize.get() < 1) {
            throw broker.wrong("--batch-size is " + batchSize.get() + "; at least 1 is expected, such as 64");
        }
        if (shape.stream().anyMatch(axis -> axis < 1)) {
            throw broker.wrong("--shape is " + shape + "; axes of at least 1 are expected, such as 1,8,8");
        }
        List<Source> sources = new ArrayList<>();
        Path current = inputFile;
        try {
            if (pair) {
                Map<String, Path> arrays = new LinkedHashMap<>();
                arrays.put(only(schema.inputs(), broker), inputFile);
                arrays.put(only(schema.labels(), broker), labelFile);
                sources.add(new Source(NpyFile.open(arrays), batchSize.orElse(DEFAULT_BATCH)));
            }
            for (Path file : files) {
                current = file;
                sources.add(open(file, broker, schema));
            }
            return sources;
        } catch (IOException e) {
            sources.forEach(source -> source.samples().close());
            String why = Files.notExists(current) ? "it does not exist" : String.valueOf(e);
            throw new CommandFailure(ExitCode.CONFIGURATION, current + " can't be read: " + why, e);
        } catch (UnreadableFileException e) {
            sources.forEach(source -> source.samples().close());
            throw new CommandFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            sources.forEach(source -> source.samples().close());
            throw e;
        }
    }

    private Source open(Path file, BrokerOptions broker, BatchSchema schema)
            throws IOException, UnreadableFileException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".safetensors")) {
            List<String> names = new ArrayList<>(schema.inputs());
            names.addAll(schema.labels());
            Samples samples = Samples.ofSafetensors(file, names);
            return new Source(samples, batchSize.orElse(Math.max(1, samples.count())));
        }
        if (name.endsWith(".csv")) {
            var form = new CsvForm(labelColumn, shape, only(schema.inputs(), broker), only(schema.labels(), broker));
            return new Source(CsvFile.read(file, form), batchSize.orElse(DEFAULT_BATCH));
        }
        throw broker.wrong(file + " is neither .csv nor .safetensors"
                + (name.endsWith(".npy") ? "; arrays come in pairs: --x x.npy --y y.npy" : ""));
    }

    private static String only(List<String> names, BrokerOptions broker) {
        if (names.size() > 1) {
            throw broker.wrong("the model takes several tensors, " + names + ": give them as .safetensors");
        }
        return names.getFirst();
    }

    private static boolean isGiven(Path file) {
        return !file.toString().isEmpty();
    }
}
