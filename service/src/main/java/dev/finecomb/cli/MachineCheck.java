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
import java.util.OptionalLong;

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
        Diagnosis model = model(settings);
        long size = size(settings);
        List<Diagnosis> found = new ArrayList<>(List.of(
                model,
                place(
                        "checkpoints",
                        settings,
                        settings.checkpoint().directory(),
                        (settings.checkpoint().keep() + 2L) * MODELS_PER_CHECKPOINT * size),
                place("export", settings, settings.export().directory(), 2 * size)));
        settings.objectStorage()
                .scratch()
                .ifPresent(scratch -> found.add(directory("scratch", scratch, (MODELS_PER_CHECKPOINT + 2) * size)));
        return found;
    }

    private static Diagnosis model(FinecombConfig settings) {
        ModelConfig model = settings.model();
        return model.object()
                .map(object -> object(settings.objectStorage(), object))
                .or(() -> model.path().map(MachineCheck::file))
                .orElseGet(() -> Diagnosis.ok("model", "made at the first start, by finecomb.model.architecture"));
    }

    private static Diagnosis object(ObjectStorageConfig settings, Place.Bucket object) {
        try {
            OptionalLong size = sizeOf(settings, object);
            return size.isPresent()
                    ? Diagnosis.ok("model", object + ", " + size.getAsLong() + " bytes")
                    : Diagnosis.fail(
                            "model",
                            object + " does not exist; put a module there that was saved by torch.jit.save, or correct"
                                    + " finecomb.model.uri");
        } catch (IOException e) {
            return Diagnosis.fail("model", String.valueOf(e.getMessage()));
        }
    }

    private static OptionalLong sizeOf(ObjectStorageConfig settings, Place.Bucket object) throws IOException {
        try (ObjectStorage storage = ObjectStorage.open(settings, object.whole())) {
            return storage.size(object.prefix());
        }
    }

    private static Diagnosis file(Path file) {
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
            storage.tryOut();
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

    /** 0 for a network of the service's own, which is small, and for what can't be reached, which is told already. */
    private static long size(FinecombConfig settings) {
        Optional<Place.Bucket> object = settings.model().object();
        if (object.isEmpty()) {
            return settings.model().path().map(MachineCheck::size).orElse(0L);
        }
        try {
            return sizeOf(settings.objectStorage(), object.get()).orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
