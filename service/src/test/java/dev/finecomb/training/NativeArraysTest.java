package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nothing native outlives its step on the device form either; {@link FlatMemoryIT} watches the host form for long. */
class NativeArraysTest {
    @Test
    void theDeviceFormOwnsAsManyArraysAfterEveryStep() throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        try (Trainer trainer = Trainers.of(golden, Map.of(), Trainers.Form.DEVICE)) {
            int arrays = trainer.nativeArrays();
            for (int step = 0; step < golden.steps(); step++) {
                Trainers.trained(trainer, golden.batch(step));
                trainer.step(Trainers.scaled(golden.batch(step), Float.NaN));
                trainer.snapshot();
                assertThat(trainer.nativeArrays()).as("after step %d", step).isEqualTo(arrays);
            }
        }
    }
}
