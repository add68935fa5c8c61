package dev.finecomb.cli;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The demo, which lies in a jar of its own beside the service's: it brings a broker along, which the service does not need. */
@Command(
        name = "demo",
        description = {
            "Watch a network become 2:4 sparse on a Kafka stream of its own, in about a minute.",
            "Needs finecomb-demo.jar and demo-lib/ beside finecomb.jar. Ctrl-C stops it with a cut; again, it resumes."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description = "Where everything is written to; by default demo/ beside finecomb.jar.")
    private Path directory = Path.of("");

    @Override
    public Integer call() throws CommandFailure, IOException, InterruptedException {
        Path jar = jar();
        Path target = directory.toString().isEmpty() ? jar.resolveSibling("demo") : directory;
        Process demo = new ProcessBuilder(line(jar, target)).inheritIO().start();
        // Ctrl-C reaches the demo by itself, SIGTERM only this process; a second signal does nothing to a process that
        // ends.
        try (var _ = OrderlyStop.listening(demo::destroy, demo::exitValue)) {
            return demo.waitFor();
        }
    }

    private static Path jar() throws CommandFailure {
        CodeSource source = Finecomb.class.getProtectionDomain().getCodeSource();
        try {
            if (source == null || source.getLocation() == null) {
                throw missing("finecomb.jar, which is not where these classes come from");
            }
            Path jar = Path.of(source.getLocation().toURI());
            if (!Files.isRegularFile(jar)) {
                throw missing("finecomb.jar, for these classes come from " + jar);
            }
            return jar;
        } catch (URISyntaxException e) {
            throw missing("finecomb.jar, for these classes come from " + source);
        }
    }

    /**
     * The command line of the demo's process.
     *
     * @param jar the service's jar; the demo's parts lie beside it
     */
    static List<String> line(Path jar, Path directory) throws CommandFailure {
        Path demo = jar.resolveSibling("finecomb-demo.jar");
        Path libraries = jar.resolveSibling("demo-lib");
        List<String> missing = Stream.of(demo, libraries)
                .filter(Files::notExists)
                .map(Path::toString)
                .toList();
        if (!missing.isEmpty()) {
            throw missing(String.join(" and ", missing));
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(File.pathSeparator, demo.toString(), jar.toString(), libraries + File.separator + "*"),
                "dev.finecomb.demo.Demo",
                directory.toString(),
                jar.toString());
    }

    private static CommandFailure missing(String what) {
        return new CommandFailure(
                ExitCode.CONFIGURATION,
                "The demo needs " + what
                        + ". In a clone of the sources, build both by ./mvnw -DskipTests package and use"
                        + " service/target/finecomb.jar, or run ./mvnw -Pdemo.");
    }
}
