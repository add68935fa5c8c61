package dev.finecomb.app;

import dev.finecomb.KillPoint;
import dev.finecomb.KillSwitch;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.KillableStore;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.Place;
import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Polled;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.publish.KillablePublisher;
import dev.finecomb.publish.TransactionalPublisher;
import dev.finecomb.telemetry.KafkaMeters;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerAssembly;
import dev.finecomb.training.UnprunableModelException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The service as it is, in whose parts a {@link KillSwitch} sits. It also notes each step that it trained, committed or
 * not, and can be made to take its time over each.
 */
public final class FaultyService {
    private static final String JOURNAL = "faulty.journal";
    private static final String LISTENING = "faulty.listening";
    private static final String STEP_MILLIS = "faulty.step-millis";

    private FaultyService() {}

    public static void main(String[] arguments) throws IOException {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        KillSwitch kill = KillSwitch.ofProperties();
        String listening = System.getProperty(LISTENING);
        if (listening != null) {
            Files.createFile(Path.of(listening));
        }
        Application.serve(arguments, (config, clock, meters) -> new FaultyFactory(config, clock, meters, kill));
    }

    /**
     * The JVM's arguments for a service that is watched.
     *
     * @param journal takes the number of each step that was trained, a line each
     * @param listening a file that is made once a signal is heard
     * @param stepMillis rest after each step
     */
    static List<String> arguments(Path journal, Path listening, int stepMillis) {
        return List.of(
                "-D" + JOURNAL + "=" + journal.toAbsolutePath(),
                "-D" + LISTENING + "=" + listening.toAbsolutePath(),
                "-D" + STEP_MILLIS + "=" + stepMillis);
    }

    private static final class FaultyFactory extends JobFactory {
        private final FinecombConfig config;
        private final InstantSource clock;
        private final KillSwitch kill;

        FaultyFactory(FinecombConfig config, InstantSource clock, KafkaMeters meters, KillSwitch kill) {
            super(config, clock, meters);
            this.config = config;
            this.clock = clock;
            this.kill = kill;
        }

        @Override
        TrainerAssembly.Assembled assemble(ModelLoader.Loaded loaded) throws UnprunableModelException {
            TrainerAssembly.Assembled assembled = super.assemble(loaded);
            Trainer real = assembled.trainer();
            Trainer killable = wrap(Trainer.class, (method, arguments) -> {
                // Without an argument, step is the getter.
                if (method.getName().equals("step") && method.getParameterCount() == 1) {
                    return noted(
                            real.step(),
                            kill.during(KillPoint.MID_STEP, () -> true, () -> invoke(real, method, arguments)));
                }
                Object result = invoke(real, method, arguments);
                if (method.getName().equals("snapshot")) {
                    kill.at(KillPoint.SNAPSHOT);
                }
                return result;
            });
            return new TrainerAssembly.Assembled(killable, assembled.verdicts());
        }

        private static @Nullable Object noted(long before, @Nullable Object result)
                throws IOException, InterruptedException {
            String journal = System.getProperty(JOURNAL);
            if (journal != null && result instanceof StepResult.Trained) {
                Files.writeString(
                        Path.of(journal),
                        (before + 1) + "\n",
                        StandardCharsets.US_ASCII,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
            Thread.sleep(Integer.getInteger(STEP_MILLIS, 0));
            return result;
        }

        @Override
        BatchSource source() throws RestartLaterException, OperatorNeededException {
            BatchSource real = super.source();
            return wrap(BatchSource.class, (method, arguments) -> {
                Object result = invoke(real, method, arguments);
                if (result instanceof Polled.Batch) {
                    kill.at(KillPoint.POLL);
                }
                return result;
            });
        }

        @Override
        CheckpointStore store() throws IOException {
            return switch (config.checkpoint().directory()) {
                case Place.Directory(Path directory) -> KillableStore.open(directory, kill);
                case Place.Bucket bucket -> KillableStore.open(config.objectStorage(), bucket, kill);
            };
        }

        @Override
        TransactionalPublisher publisher() {
            return KillablePublisher.open(config.kafka(), clock, kill);
        }
    }

    @FunctionalInterface
    private interface Call {
        @Nullable
        Object of(Method method, @Nullable Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T wrap(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                FaultyService.class.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> call.of(method, arguments)));
    }

    private static @Nullable Object invoke(Object real, Method method, @Nullable Object @Nullable [] arguments)
            throws Exception {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case Exception failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
