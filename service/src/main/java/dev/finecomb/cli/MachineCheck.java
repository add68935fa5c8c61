package dev.finecomb.cli;

import dev.finecomb.checkpoint.CheckpointKeeper;
import dev.finecomb.compute.Kernels;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.ModelConfig;
import dev.finecomb.config.ObjectStorageConfig;
import dev.finecomb.config.Place;
import dev.finecomb.model.EngineFacts;
import dev.finecomb.model.UnreadableModelException;
import dev.finecomb.storage.ObjectStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the doctor looks at without a broker: the JVM, the engine, the files. */
final class MachineCheck {
    private static final int JAVA = 25;
    private static final long MEBI = 1L << 20;

    /** Weights, their momentum or moments, saliencies, masks: a rough bound of a checkpoint's size in models. */
    private static final long MODELS_PER_CHECKPOINT = 4;

    private MachineCheck() {}

    static List<Diagnosis> jvm() {
        List<Diagnosis> found = new ArrayList<>();
        String java = System.getProperty("java.vm.name") + " " + Runtime.version();
        long heap = Runtime.getRuntime().maxMemory() / MEBI;
        int processors = Runtime.getRuntime().availableProcessors();
        found.add(
                Runtime.version().feature() == JAVA
                        ? Diagnosis.ok("java", java + ", heap up to " + heap + " MiB, " + processors + " processors")
                        : Diagnosis.warn("java", java + "; it is built and tested for a JDK " + JAVA));
        found.add(
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                        ? Diagnosis.ok("arithmetic", Kernels.fastest().description())
                        : Diagnosis.warn(
                                "arithmetic",
                                "scalar: the update takes several times as long; start java with --add-modules"
                                        + " jdk.incubator.vector"));
        found.add(
                MachineCheck.class.getModule().isNativeAccessEnabled()
                        ? Diagnosis.ok("native access", "enabled")
                        : Diagnosis.warn(
                                "native access",
                                "not enabled: java warns, and a later one refuses; start it with"
                                        + " --enable-native-access=ALL-UNNAMED, or by -jar finecomb.jar"));
        return found;
    }

    /** Loads the engine as the service does. */
    static Diagnosis engine(ModelConfig.Device device) {
        try {
            EngineFacts facts = EngineFacts.load(device);
            return Diagnosis.ok(
                    "engine",
                    "libtorch " + facts.version() + ", " + facts.gpus() + " GPUs, trains on " + facts.device());
        } catch (UnreadableModelException e) {
            return Diagnosis.fail("engine", String.valueOf(e.getMessage()));
        }
    }

    static List<Diagnosis> files(FinecombConfig settings) {
        return List.of(
                model(settings.model()),
                place(
                        "checkpoints",
                        settings,
                        settings.checkpoint().directory(),
                        (settings.checkpoint().keep() + 2L) * MODELS_PER_CHECKPOINT * size(settings.model())),
                place("export", settings, settings.export().directory(), 2 * size(settings.model())));
    }

    private static Diagnosis model(ModelConfig model) {
        Optional<Path> given = model.path();
        if (given.isEmpty()) {
            return Diagnosis.ok("model", "made at the first start, by finecomb.model.architecture");
        }
        Path file = given.get();
        if (Files.isReadable(file) && Files.isRegularFile(file)) {
            return Diagnosis.ok("model", file + ", " + size(file) + " bytes");
        }
        String state = Files.exists(file) ? "can't be read by this user" : "does not exist";
        return Diagnosis.fail(
                "model", file + " " + state + "; point finecomb.model.uri at a module saved by torch.jit.save");
    }

    private static Diagnosis place(String subject, FinecombConfig settings, Place place, long roughly) {
        return switch (place) {
            case Place.Directory(Path directory) -> directory(subject, directory, roughly);
            case Place.Bucket bucket -> bucket(subject, settings.objectStorage(), bucket);
        };
    }

    /** Says whether this process may write there, and whether the store keeps what was written from being written over. */
    private static Diagnosis bucket(String subject, ObjectStorageConfig settings, Place.Bucket bucket) {
        try (ObjectStorage storage = ObjectStorage.open(settings, bucket)) {
            storage.requireConditionalWrites(".probe-" + UUID.randomUUID());
            return Diagnosis.ok(subject, bucket + " is writable, and its store has conditional writes");
        } catch (IOException e) {
            return Diagnosis.fail(subject, String.valueOf(e.getMessage()));
        }
    }

    /** Says whether this process may write there; what does not exist yet is asked of the directory it would be made in. */
    static Diagnosis directory(String subject, Path directory, long roughly) {
        Path there = directory.toAbsolutePath().normalize();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            if (!Files.isDirectory(there)) {
                return Diagnosis.fail(subject, there + " is no directory; name another");
            }
            CheckpointKeeper.inDirectory(there).probeWritable();
            long free = Files.getFileStore(there).getUsableSpace();
            String text = directory + (Files.exists(directory) ? "" : ", which the service makes,") + " is writable, "
                    + free / MEBI + " MiB free";
            return free < roughly
                    ? Diagnosis.warn(subject, text + "; about " + roughly / MEBI + " MiB may be needed")
                    : Diagnosis.ok(subject, text);
        } catch (IOException e) {
            return Diagnosis.fail(
                    subject,
                    directory + " can't be written: " + e + "; give this user the right, or name another directory");
        }
    }

    /** 0 for a network of the service's own: it is small. */
    private static long size(ModelConfig model) {
        return model.path().map(MachineCheck::size).orElse(0L);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
