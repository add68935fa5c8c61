package dev.finecomb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.export.PatternCount;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import dev.finecomb.sparsity.NameGlob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Counts whether a file's weights keep to a pattern. A file does not say which of its weights are dense on purpose, so all
 * that have groups are held against it, but for those that are left out by name.
 */
@Command(
        name = "verify",
        description = {
            "Counts, group by group, whether the weights of a safetensors file are N:M sparse along their input"
                    + " channels.",
            "Ends with 0 if they are, 1 if any group holds more than N nonzeros, 64 if the arguments leave nothing to"
                    + " count, 78 if the file can't be read."
        },
        mixinStandardHelpOptions = true)
final class ModelVerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A safetensors file, of whatever origin.")
    private Path file = Path.of("");

    @Option(
            names = "--pattern",
            paramLabel = "N:M",
            required = true,
            converter = PatternConverter.class,
            description = "At most N nonzeros in each M neighbours, such as 2:4.")
    private Pattern pattern = new Pattern(2, 4);

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Only weights of such names, such as 'conv*'; may be repeated.")
    private List<String> include = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "No weights of such names, such as head.weight; may be repeated, and wins.")
    private List<String> exclude = List.of();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            List<Entry> chosen = chosen(tensors.entries());
            List<PatternCount> counts = chosen.stream()
                    .filter(tensor -> obstacle(tensor).isEmpty())
                    .map(tensor -> PatternCount.of(tensor, pattern))
                    .toList();
            if (counts.isEmpty()) {
                throw wrong(file + " holds no weight that has groups of " + pattern.m() + ": " + notCounted(chosen));
            }
            output.answer(text(counts, chosen), json(counts, chosen));
            boolean holds = counts.stream().allMatch(PatternCount::holds);
            return (holds ? ExitCode.DONE : ExitCode.BROKEN_PROMISE).code();
        } catch (IOException unreadable) {
            throw new CommandFailure(ExitCode.CONFIGURATION, file + " can't be read: " + unreadable, unreadable);
        } catch (MalformedTensorsException malformed) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION, file + " is no safetensors file: " + malformed.getMessage(), malformed);
        }
    }

    private List<Entry> chosen(List<Entry> tensors) throws CommandFailure {
        List<NameGlob> included = globs(include, "--include", tensors);
        List<NameGlob> excluded = globs(exclude, "--exclude", tensors);
        for (NameGlob glob : included) {
            List<Entry> named = tensors.stream()
                    .filter(tensor -> glob.matches(tensor.name()))
                    .toList();
            if (named.stream().noneMatch(tensor -> obstacle(tensor).isEmpty())) {
                throw wrong("--include " + glob.text() + " names no weight that has groups of " + pattern.m() + ": "
                        + notCounted(named));
            }
        }
        return tensors.stream()
                .filter(tensor -> included.isEmpty() || anyMatches(included, tensor))
                .filter(tensor -> !anyMatches(excluded, tensor))
                .toList();
    }

    /** A name that is none of the file's is a mistake: a weight would go unproven, or a dense one be complained about. */
    private List<NameGlob> globs(List<String> texts, String option, List<Entry> tensors) throws CommandFailure {
        List<NameGlob> globs = texts.stream().map(NameGlob::of).toList();
        for (NameGlob glob : globs) {
            if (tensors.stream().noneMatch(tensor -> glob.matches(tensor.name()))) {
                throw wrong(
                        option + " " + glob.text() + " matches no tensor of " + file + "; it has " + names(tensors));
            }
        }
        return globs;
    }

    private static boolean anyMatches(List<NameGlob> globs, Entry tensor) {
        return globs.stream().anyMatch(glob -> glob.matches(tensor.name()));
    }

    private Optional<String> obstacle(Entry tensor) {
        return PatternCount.obstacle(tensor.shape(), pattern);
    }

    private static String names(List<Entry> tensors) {
        return tensors.isEmpty() ? "none" : tensors.stream().map(Entry::name).collect(Collectors.joining(", "));
    }

    private static CommandFailure wrong(String what) {
        return new CommandFailure(ExitCode.USAGE, what);
    }

    private String text(List<PatternCount> counts, List<Entry> chosen) {
        TextTable table =
                new TextTable("tensor", "type", "shape", "groups", "violations", "density", "first violation");
        for (PatternCount count : counts) {
            table.add(
                    count.name(),
                    count.dtype().name(),
                    Words.shape(count.shape()),
                    Long.toString(count.groups()),
                    Long.toString(count.violations()),
                    String.format(Locale.ROOT, "%.3f", count.density()),
                    count.first().map(ModelVerifyCommand::place).orElse(""));
        }
        List<String> lines = new ArrayList<>(List.of(table.toString()));
        if (counts.size() < chosen.size()) {
            lines.add("not counted: " + notCounted(chosen));
        }
        lines.add(verdict(counts));
        return String.join(System.lineSeparator(), lines);
    }

    private String verdict(List<PatternCount> counts) {
        List<String> violated = counts.stream()
                .filter(count -> !count.holds())
                .map(PatternCount::name)
                .toList();
        long groups = counts.stream().mapToLong(PatternCount::groups).sum();
        if (violated.isEmpty()) {
            return pattern + " holds in all " + groups + " groups of " + tensors(counts.size());
        }
        return pattern + " is VIOLATED in " + violated.size() + " of " + tensors(counts.size()) + ": "
                + String.join(", ", violated) + ". If it is dense on purpose, leave it out: --exclude "
                + violated.getFirst();
    }

    private static String tensors(int count) {
        return count == 1 ? "1 tensor" : count + " tensors";
    }

    private static String place(PatternCount.Place place) {
        return "group " + place.group() + " at " + Words.shape(place.at()) + ": " + place.nonzeros() + " nonzeros";
    }

    /** Those with input channels one by one, the others by their number: biases and norms are many. */
    private String notCounted(List<Entry> tensors) {
        List<String> named = tensors.stream()
                .filter(tensor -> tensor.shape().size() >= 2)
                .flatMap(tensor -> obstacle(tensor).map(why -> tensor.name() + " " + why).stream())
                .collect(Collectors.toCollection(ArrayList::new));
        long flat = tensors.stream().filter(tensor -> tensor.shape().size() < 2).count();
        if (flat > 0 || named.isEmpty()) {
            named.add(flat + " without input channels");
        }
        return String.join("; ", named);
    }

    private ObjectNode json(List<PatternCount> counts, List<Entry> chosen) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("file", file.toString());
        root.put("pattern", pattern.toString());
        root.put("holds", counts.stream().allMatch(PatternCount::holds));
        ArrayNode tensors = root.putArray("tensors");
        counts.forEach(count -> tensor(tensors.addObject(), count));
        ArrayNode others = root.putArray("notCounted");
        for (Entry tensor : chosen) {
            obstacle(tensor)
                    .ifPresent(
                            why -> others.addObject().put("name", tensor.name()).put("reason", why));
        }
        return root;
    }

    private static void tensor(ObjectNode out, PatternCount count) {
        out.put("name", count.name()).put("dtype", count.dtype().name());
        ArrayNode shape = out.putArray("shape");
        count.shape().forEach(shape::add);
        out.put("groups", count.groups()).put("violations", count.violations()).put("density", count.density());
        count.first().ifPresent(place -> {
            ObjectNode first = out.putObject("firstViolation");
            first.put("group", place.group()).put("nonzeros", place.nonzeros());
            ArrayNode at = first.putArray("at");
            place.at().forEach(at::add);
        });
    }
}
