package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.finecomb.config.Binding;
import dev.finecomb.config.ConfigBinder;
import dev.finecomb.config.ConfigProblem;
import dev.finecomb.config.ConfigSource;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.Combinations;
import dev.finecomb.sparsity.LayerVerdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A configuration file for a model that was looked at: YAML with a comment on whatever is a guess.
 *
 * @param brokers {@code host:port} pairs
 * @param job the job's name
 * @param model the module's file
 * @param layers what is made sparse
 * @param directory below which checkpoints and the export go
 */
record JobFile(String brokers, String job, Model model, Layers layers, Path directory) {

    /**
     * The module.
     *
     * @param sha256 its digest
     * @param inputs tensors that its forward takes
     */
    record Model(Path file, String sha256, List<String> inputs) {}

    /**
     * What is made sparse.
     *
     * @param verdicts what becomes of each parameter under these settings
     */
    record Layers(Pattern pattern, List<String> include, List<String> exclude, List<LayerVerdict> verdicts) {}

    /** The file's text. */
    String text() {
        return """
                %s
                finecomb:
                  kafka:
                    bootstrap-servers: %s
                    job: %s  # the topics are finecomb.<job>.batches, .metrics, ...
                    create-topics: true
                  model:
                    uri: %s
                    sha256: %s
                    inputs: %s  # the batch's tensors, in the order of the module's arguments
                    labels: %s
                    # classes: 10  # refuses integer labels from this number on
                  training:
                    loss: softmax-cross-entropy  # or binary-cross-entropy, mean-squared-error
                    optimizer: {kind: sgd, momentum: 0.9, weight-decay: 0.0005}  # or adamw
                    learning-rate: {kind: cosine, base: 0.01, total-steps: 20000, warmup-steps: 500}
                    gradient-clip: 1.0
                  sparsity:
                    pattern: %s%s
                    removal-end: 10000  # one combination is left from this step on
                    settle-steps: 10000  # then the weights go on alone, and the model is exported
                  checkpoint:
                    directory: %s
                  export:
                    directory: %s
                    when-finished: idle  # or stop, continue (with every-steps)
                """.formatted(
                        comments(),
                        quoted(brokers),
                        quoted(job),
                        quoted(model.file().toString()),
                        quoted(model.sha256()),
                        list(inputs()),
                        list(List.of(inputs().contains("y") ? "labels" : "y")),
                        quoted(layers.pattern().toString()),
                        more(),
                        quoted(directory.resolve("checkpoints").toString()),
                        quoted(directory.resolve("export").toString()));
    }

    /** What the service would say about the text; empty if it would take it. */
    List<ConfigProblem> problems() {
        Map<String, Object> tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(text());
        Binding binding =
                new ConfigBinder().bind(List.of(new ConfigSource("job.yml", ConfigSource.Naming.PROPERTIES, tree)));
        return switch (binding) {
            case Binding.Bound _ -> List.of();
            case Binding.Invalid(List<ConfigProblem> problems) -> problems;
        };
    }

    /** One tensor is called what the documentation calls it; several need names that tell them apart. */
    private List<String> inputs() {
        return model.inputs().size() > 1 ? model.inputs() : List.of("x");
    }

    /** The verdicts, so that the file says by itself what it will come to. */
    private String comments() {
        TextTable table = new TextTable("layer", "shape", "becomes", "because");
        for (LayerVerdict verdict : layers.verdicts()) {
            if (verdict.shape().size() > 1) {
                table.add(
                        verdict.parameter(),
                        Words.shape(verdict.shape()),
                        verdict.sparse() ? "sparse" : "dense",
                        verdict.reason());
            }
        }
        return table.toString().lines().map(line -> "# " + line).collect(Collectors.joining("\n"));
    }

    private String more() {
        StringBuilder more = new StringBuilder();
        if (Combinations.count(layers.pattern()) > Combinations.LIMIT) {
            more.append("\n    variant: linear  # more than ")
                    .append(Combinations.LIMIT)
                    .append(" combinations");
        }
        if (!layers.include().isEmpty()) {
            more.append("\n    include: ").append(list(layers.include()));
        }
        if (!layers.exclude().isEmpty()) {
            more.append("\n    exclude: ").append(list(layers.exclude()));
        }
        return more.toString();
    }

    /** As JSON, which YAML understands. */
    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    private static String list(List<String> texts) {
        return texts.stream().map(JobFile::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}
