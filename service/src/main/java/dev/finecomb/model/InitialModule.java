package dev.finecomb.model;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.ModelConfig.Architecture;
import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * The module that a job begins with: the file that {@code model.uri} names, or one that is made as
 * {@code model.architecture} says.
 *
 * <p>A made one lies beside the checkpoints, or in {@code object-storage.scratch} if those are in an object store. Its name holds a digest of what it was made from, architecture and
 * {@code training.seed}, so that a restart finds the same bytes again, and other settings never find those of earlier ones.
 * The same settings give the same bytes on every machine.
 */
final class InitialModule {
    /** Names what follows from the rest of the description: how layers are built and filled. */
    private static final String FORMAT = "finecomb-network-1";

    private static final int DIGITS = 16;

    private InitialModule() {}

    /**
     * The module's file, which is there if it is made here.
     *
     * @throws IOException if it can't be written beside the checkpoints
     */
    static Path of(FinecombConfig config) throws IOException {
        if (config.model().architecture().isEmpty()) {
            return config.model().path().orElseThrow();
        }
        Architecture architecture = config.model().architecture().get();
        long seed = config.training().seed();
        Path directory = config.nearby().toAbsolutePath().normalize();
        Path file = directory.resolve("network-" + digest(architecture, seed) + ".pt");
        if (!Files.exists(file)) {
            Files.createDirectories(directory);
            make(architecture, seed, file);
        }
        return file;
    }

    private static String digest(Architecture architecture, long seed) {
        String description = String.join(
                "\n",
                FORMAT,
                architecture.kind().name(),
                "inputs=" + architecture.inputs(),
                "channels=" + architecture.channels(),
                "hidden=" + architecture.hidden(),
                "classes=" + architecture.classes(),
                "seed=" + seed);
        return Sha256.hex(description.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
    }

    /** In one step, so that a start that dies here leaves no half a module; two owners would write the same bytes. */
    private static void make(Architecture architecture, long seed, Path file) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + "-" + UUID.randomUUID());
        try {
            TorchScriptBuilder.write(Networks.of(architecture), seed, temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
