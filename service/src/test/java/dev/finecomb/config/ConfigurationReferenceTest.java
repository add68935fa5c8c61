package dev.finecomb.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.reference.ReferenceDocument;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

    @Test
    void theDocumentSaysWhatTheRecordsSay() throws IOException {
        new ReferenceDocument("docs/configuration.md").require(ConfigurationReference.markdown(), getClass());
    }

    @Test
    void everySettingHasARowWithItsFacts() {
        String text = ConfigurationReference.markdown();

        for (SettingSpec spec : new Schema().specs()) {
            assertThat(text).contains("`<br>`" + spec.environmentName());
        }
        assertThat(text.lines())
                .contains(
                        "| `checkpoint.every`<br>`FINECOMB_CHECKPOINT_EVERY` | Time after which a cut is due | a duration with"
                                + " its unit, such as 500ms, 10s, 5m or 1h, at least 0.1s | `10s` |  |")
                .contains(
                        "| `training.loss`<br>`FINECOMB_TRAINING_LOSS` | What is minimised | one of softmax-cross-entropy,"
                                + " binary-cross-entropy, mean-squared-error | **required** | fixed |");
    }
}
