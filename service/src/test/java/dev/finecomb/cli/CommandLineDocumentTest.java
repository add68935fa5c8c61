package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The documents of the command line name every command and every option, and none that does not exist. */
class CommandLineDocumentTest {
    private static final Path DOCUMENTS = Path.of("docs");
    private static final String SHARED = "broker and job";
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]*(?![\\w.-])");
    /** Of java and of other programs. */
    private static final Set<String> OTHERS = Set.of("--add-modules", "--enable-native-access");

    private static final Set<String> EVERYWHERE = Set.of("--help", "--version");

    /** By its name, such as {@code topics show}. */
    private static Map<String, CommandLine> commands() {
        Map<String, CommandLine> all = new TreeMap<>();
        collect(
                "",
                Finecomb.line(file -> {
                    throw new AssertionError(file);
                }),
                all);
        return all;
    }

    private static void collect(String prefix, CommandLine line, Map<String, CommandLine> all) {
        line.getSubcommands().forEach((name, command) -> {
            all.put(prefix + name, command);
            collect(prefix + name + " ", command, all);
        });
    }

    /** The sections of the documents by the beginning of their headings, up to a colon, without backticks. */
    private static Map<String, String> sections() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        try (Stream<Path> documents = Files.list(DOCUMENTS)) {
            for (Path document : documents
                    .filter(file -> file.getFileName().toString().startsWith("command-line"))
                    .sorted()
                    .toList()) {
                read(document, sections);
            }
        }
        return sections;
    }

    private static void read(Path document, Map<String, String> sections) throws IOException {
        String name = "";
        boolean code = false;
        for (String line : Files.readAllLines(document)) {
            code ^= line.startsWith("```");
            if (!code && line.startsWith("#")) {
                name = line.replaceAll("[#`]|:.*", "").strip().toLowerCase(Locale.ROOT);
            } else {
                sections.merge(name, line + "\n", String::concat);
            }
        }
    }

    /** A command's own section, or that of the command above it. */
    private static String section(Map<String, String> sections, String name) {
        String above = name.replaceAll(" [^ ]*$", "");
        return sections.getOrDefault(name, sections.getOrDefault(above, ""));
    }

    private static Set<String> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What a section says, without the lines that belong to Kafka's own tools. */
    private static Set<String> named(String section) {
        return section.lines()
                .filter(line -> !line.contains("kafka-") || line.contains("finecomb "))
                .flatMap(line -> OPTION.matcher(line).results())
                .map(match -> match.group())
                .filter(option -> !OTHERS.contains(option))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theFirstDocumentShowsTheUsageAsItIsPrinted() throws IOException {
        String document = Files.readString(DOCUMENTS.resolve("command-line.md"));
        int begin = document.indexOf("```\nUsage: ");
        int end = document.indexOf("\n```", begin + 4);
        assertThat(document.substring(begin + 4, end).lines())
                .containsExactlyElementsOf(CommandRun.of("--help")
                        .out()
                        .lines()
                        .map(String::stripTrailing)
                        .toList());
    }

    @Test
    void everyCommandHasItsSectionAndEveryOptionItsWord() throws IOException {
        Map<String, String> sections = sections();
        Set<String> shared = named(sections.getOrDefault(SHARED, ""));
        assertThat(shared).contains("--bootstrap-servers", "--job");
        commands().forEach((name, command) -> {
            String section = section(sections, name);
            assertThat(section).as("a section on %s", name).isNotEmpty();
            Set<String> told = named(section);
            Set<String> untold = options(command);
            untold.removeAll(told);
            untold.removeAll(shared);
            untold.removeAll(EVERYWHERE);
            assertThat(untold)
                    .as("options of %s that its section leaves out", name)
                    .isEmpty();
        });
    }

    @Test
    void everyOptionInASectionIsOneOfItsCommands() throws IOException {
        Map<String, CommandLine> commands = commands();
        Set<String> all = new TreeSet<>(EVERYWHERE);
        commands.values().forEach(command -> all.addAll(options(command)));
        sections().forEach((name, section) -> {
            CommandLine command = commands.get(name);
            Set<String> known = command == null ? all : options(command);
            Set<String> below = command == null
                    ? Set.of()
                    : command.getSubcommands().values().stream()
                            .flatMap(sub -> options(sub).stream())
                            .collect(Collectors.toSet());
            List<String> unknown = named(section).stream()
                    .filter(option ->
                            !known.contains(option) && !below.contains(option) && !EVERYWHERE.contains(option))
                    .toList();
            assertThat(unknown)
                    .as("options in section %s that do not exist", name)
                    .isEmpty();
        });
    }
}
