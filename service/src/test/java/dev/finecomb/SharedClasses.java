package dev.finecomb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The service's classes, loaded once and kept in an archive that every later start maps into its memory. The tests start the
 * service some hundred times; without the archive most of that is reading the same classes again.
 */
final class SharedClasses {
    private static final Path MODEL = Path.of("src/test/resources/golden/mlp-2of4/model.pt");

    private SharedClasses() {}

    /** The argument that names the archive, which is made if it is older than the jar. */
    static synchronized String argument(Path java, Path jar) throws IOException {
        Path archive = jar.resolveSibling("finecomb.jsa");
        if (Files.notExists(archive)
                || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
            archive(java, jar, archive);
        }
        return "-XX:SharedArchiveFile=" + archive;
    }

    /** By a start that finds no broker: it has loaded the engine and the clients when it gives up. */
    private static void archive(Path java, Path jar, Path archive) throws IOException {
        Path directory = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "first-start");
        Map<String, Object> settings = new TreeMap<>(TestConfig.minimal(MODEL, directory));
        settings.put("kafka.bootstrap-servers", "127.0.0.1:1");
        settings.put("kafka.connect-timeout", "1s");
        StringBuilder properties = new StringBuilder();
        settings.forEach((name, value) -> properties
                .append("finecomb.")
                .append(name)
                .append('=')
                .append(value)
                .append('\n'));
        Path file = Files.writeString(directory.resolve("finecomb.properties"), properties);
        Path unfinished = directory.resolve("finecomb.jsa");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-XX:ArchiveClassesAtExit=" + unfinished,
                        "-Dmicronaut.config.files=" + file,
                        "-Dmicronaut.server.port=-1",
                        "-jar",
                        jar.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("first-start.log").toFile())
                .start();
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES) || Files.notExists(unfinished)) {
                throw new IOException("no archive of the service's classes was made, see " + directory);
            }
            Files.move(unfinished, archive, StandardCopyOption.REPLACE_EXISTING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while archiving classes", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
