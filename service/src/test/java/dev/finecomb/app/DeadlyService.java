package dev.finecomb.app;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.telemetry.KafkaMeters;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerAssembly;
import dev.finecomb.training.UnprunableModelException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;

/** The service as it is, but for an engine that takes the process with it when it meets a marked batch. */
public final class DeadlyService {
    /** As the first value of an input. */
    static final float MARK = 4096.5f;

    private static final int KILLED = 137;

    private DeadlyService() {}

    public static void main(String[] arguments) {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        Application.serve(arguments, DeadlyFactory::new);
    }

    private static final class DeadlyFactory extends JobFactory {
        DeadlyFactory(FinecombConfig config, InstantSource clock, KafkaMeters meters) {
            super(config, clock, meters);
        }

        @Override
        TrainerAssembly.Assembled assemble(ModelLoader.Loaded loaded) throws UnprunableModelException {
            TrainerAssembly.Assembled assembled = super.assemble(loaded);
            Trainer real = assembled.trainer();
            Trainer deadly = (Trainer) Proxy.newProxyInstance(
                    DeadlyService.class.getClassLoader(), new Class<?>[] {Trainer.class}, (_, method, arguments) -> {
                        if (arguments != null && arguments[0] instanceof TrainingBatch batch && isMarked(batch)) {
                            Runtime.getRuntime().halt(KILLED);
                        }
                        return method.invoke(real, arguments);
                    });
            return new TrainerAssembly.Assembled(deadly, assembled.verdicts());
        }

        private static boolean isMarked(TrainingBatch batch) {
            return batch.inputs().getFirst().data().getFloat(0) == MARK;
        }
    }
}
