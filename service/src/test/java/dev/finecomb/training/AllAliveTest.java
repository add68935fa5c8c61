package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.model.TrainableModel;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.HostSaliency;
import dev.finecomb.sparsity.LbcPolicy;
import dev.finecomb.sparsity.RemovalSchedule;
import dev.finecomb.sparsity.SaliencyRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Oracle 3 on the real engine: while every combination is alive, it is dense training, bit for bit. */
class AllAliveTest {
    private static final int STEPS = 10;
    private static final Map<String, Object> LATE = Map.of("sparsity.removal-start", 500, "sparsity.removal-end", 900);
    private static final Map<String, Object> SOON =
            Map.of("sparsity.removal-start", STEPS, "sparsity.removal-end", STEPS + 40);

    /** Loss bits of each step, and the digests of parameters, optimizer state and buffers after the last. */
    private record Run(List<Integer> losses, Map<String, String> digests) {}

    @ParameterizedTest
    @ValueSource(strings = {"mlp-2of4", "cnn-2of4-bn"})
    void equalsDenseTraining(String name) throws Exception {
        GoldenCase golden = Trainers.golden(name);
        Run dense = run(golden, dense(golden));
        assertThat(run(golden, Trainers.of(golden, LATE))).isEqualTo(dense);
        assertThat(run(golden, Trainers.of(golden, SOON))).isEqualTo(dense);
        assertThat(dense.losses()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp-2of4", "cnn-2of4-bn"})
    void onTheDeviceFormToo(String name) throws Exception {
        GoldenCase golden = Trainers.golden(name);
        Run late = run(golden, Trainers.of(golden, LATE, Trainers.Form.DEVICE));
        assertThat(run(golden, Trainers.of(golden, SOON, Trainers.Form.DEVICE))).isEqualTo(late);
    }

    private static Run run(GoldenCase golden, Trainer trainer) {
        try (trainer) {
            List<Integer> losses = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                losses.add(Float.floatToRawIntBits(
                        (float) Trainers.trained(trainer, golden.batch(step)).loss()));
            }
            Map<String, String> digests = Trainers.digest(trainer.snapshot());
            digests.keySet().removeIf(name -> name.startsWith("saliency") || name.startsWith("policy/"));
            return new Run(losses, digests);
        }
    }

    /** A trainer whose bank knows of no sparse layer, so that neither mask nor saliency touches a number. */
    private static Trainer dense(GoldenCase golden) throws Exception {
        FinecombConfig config = golden.config(List.of());
        TrainableModel model = ModelLoader.load(config).model();
        TrainerResources resources = TrainerResources.of(model, 2);
        var bank = new HostParameters(
                model.parameters(),
                new HostParameters.Sparsity(
                        List.of(), List.of(), new HostSaliency(new SaliencyRule(1, 0, 0), List.of())),
                TrainingRules.optimizer(config.training().optimizer()),
                resources.workers(),
                resources.memory());
        Pattern pattern = new Pattern(2, 4);
        var policy =
                new LbcPolicy(pattern, RemovalSchedule.forLbc(pattern, 500, 900, 3), List.of(), resources.workers());
        var rules = TrainingRules.of(config.training(), config.model(), model.manager());
        return new EngineTrainer(model, rules, policy, bank, resources);
    }
}
