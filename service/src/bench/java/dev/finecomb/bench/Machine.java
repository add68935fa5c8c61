package dev.finecomb.bench;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Where and when the figures were taken.
 *
 * @param cpu the processor's model
 * @param cores that this process may use
 * @param memoryBytes of the whole machine
 * @param device what the engine trains on by default: {@code cpu}, or the graphics processor's model
 * @param idleThreads what libtorch's idle threads do, as the environment says
 */
record Machine(
        String cpu,
        int cores,
        long memoryBytes,
        String os,
        String jdk,
        String libtorch,
        String device,
        String idleThreads,
        Instant date) {

    /** The machine that this process runs on; starts the engine. */
    static Machine here(Instant now) throws IOException {
        Engine engine = Engine.getEngine("PyTorch");
        return new Machine(
                value(Path.of("/proc/cpuinfo"), "model name", "unknown"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(value(Path.of("/proc/meminfo"), "MemTotal", "0 kB")
                                .split(" ", 2)[0])
                        << 10,
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vendor") + " " + Runtime.version(),
                engine.getVersion(),
                engine.getGpuCount() > 0 ? graphicsProcessor() : "cpu",
                waiting(),
                now);
    }

    /** What the threads of all sides do while they wait, one setting for the whole process. */
    static String waiting() {
        return "OMP_WAIT_POLICY " + System.getenv().getOrDefault("OMP_WAIT_POLICY", "unset");
    }

    private static String graphicsProcessor() throws IOException {
        Path drivers = Path.of("/proc/driver/nvidia/gpus");
        if (Files.isDirectory(drivers)) {
            try (DirectoryStream<Path> cards = Files.newDirectoryStream(drivers)) {
                for (Path card : cards) {
                    return value(card.resolve("information"), "Model", "gpu");
                }
            }
        }
        return "gpu";
    }

    /** What follows the first {@code name :} at the start of a line. */
    private static String value(Path file, String name, String otherwise) throws IOException {
        if (!Files.isReadable(file)) {
            return otherwise;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        }
    }
}
