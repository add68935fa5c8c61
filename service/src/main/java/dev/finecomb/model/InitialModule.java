package dev.finecomb.model;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.ModelConfig.Architecture;
import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.storage.ObjectStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The module that a job begins with: what {@code model.uri} names, a file or an object that is fetched, or one that is made
 * as {@code model.architecture} says.
 *
 * <p>A made one lies beside the checkpoints, or in {@code object-storage.scratch} if those are in an object store. Its name holds a digest of what it was made from, architecture and
 * {@code training.seed}, so that a restart finds the same bytes again, and other settings never find those of earlier ones.
 * The same settings give the same bytes on every machine.
 *
 * <p>A fetched one lies in the same directory. It is fetched at every start: only the store knows whether it is still the
 * same, and a job that goes on refuses another.
 */
final class InitialModule {
    /** Names what follows from the rest of the description: how layers are built and filled. */
    private static final String FORMAT = "finecomb-network-1";

    private static final int DIGITS = 16;
    private static final String FETCHED = "module.pt";

    private static final Logger LOG = LoggerFactory.getLogger(InitialModule.class);

    private InitialModule() {}

    /**
     * The module's file, which is there if it is fetched or made here.
     *
     * @throws UnreadableModelException if there is no such object
     * @throws IOException if it can't be fetched, or not be written beside the checkpoints
     */
    static Path of(FinecombConfig config) throws UnreadableModelException, IOException {
        if (config.model().path().isPresent()) {
            return config.model().path().get();
        }
        Path directory =
                Files.createDirectories(config.nearby().toAbsolutePath().normalize());
        if (config.model().object().isPresent()) {
            clearAway(directory);
            Path file = directory.resolve(FETCHED);
            fetch(config.model().object().get(), config.objectStorage(), file);
            return file;
        }
        Architecture architecture = config.model().architecture().orElseThrow();
        long seed = config.training().seed();
        Path file = directory.resolve("network-" + digest(architecture, seed) + ".pt");
        if (!Files.exists(file)) {
            write(file, made -> TorchScriptBuilder.write(Networks.of(architecture), seed, made));
        }
        return file;
    }

    private static void fetch(Place.Bucket object, ObjectStorageConfig settings, Path file)
            throws UnreadableModelException, IOException {
        try (ObjectStorage storage = ObjectStorage.open(settings, object.whole())) {
            write(file, fetched -> storage.download(object.prefix(), fetched));
        } catch (NoSuchFileException none) {
            throw new UnreadableModelException(
                    object.toString(),
                    "there is no such object",
                    "correct finecomb.model.uri, or put a module there that was saved by torch.jit.save",
                    none);
        }
        LOG.info("fetched {}, {} bytes, to {}", object, Files.size(file), file);
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

    /** What starts left that were killed while they fetched. One that is at it now has to begin again. */
    private static void clearAway(Path directory) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, unfinished(FETCHED) + "*")) {
            for (Path path : left) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** How names begin that the file has until it is whole. */
    private static String unfinished(String name) {
        return "." + name + "-";
    }

    /** What fills a new file. */
    @FunctionalInterface
    private interface Filling {
        void fill(Path file) throws IOException;
    }

    /** In one step, so that a start that dies here leaves no half a module; two owners would write the same bytes. */
    private static void write(Path file, Filling filling) throws IOException {
        Path temporary = file.resolveSibling(unfinished(file.getFileName().toString()) + UUID.randomUUID());
        try {
            filling.fill(temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
