package dev.finecomb.config;

import static dev.finecomb.config.ConfigFixtures.bound;
import static dev.finecomb.config.ConfigFixtures.file;
import static dev.finecomb.config.ConfigFixtures.least;
import static dev.finecomb.config.ConfigFixtures.leastWith;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFingerprintTest {

    /**
     * Written by hand: checkpoints in the field hold its digest, so a change of this text is a change of the format.
     */
    private static final String CANONICAL = """
            finecomb-settings-1
            finecomb.model.inputs=x
            finecomb.model.labels=y
            finecomb.sparsity.exclude=
            finecomb.sparsity.exponent=3
            finecomb.sparsity.include=
            finecomb.sparsity.pattern=2:4
            finecomb.sparsity.removal-end=300
            finecomb.sparsity.removal-start=0
            finecomb.sparsity.score.half-life=0.0
            finecomb.sparsity.score.learning-rate=0.05
            finecomb.sparsity.score.momentum=0.0
            finecomb.sparsity.score.nesterov=false
            finecomb.sparsity.score.weight-decay=0.0
            finecomb.sparsity.settle-steps=300
            finecomb.sparsity.variant=exact
            finecomb.training.check-finite=true
            finecomb.training.gradient-clip=0.0
            finecomb.training.label-smoothing=0.0
            finecomb.training.learning-rate.base=0.05
            finecomb.training.learning-rate.floor=0.0
            finecomb.training.learning-rate.kind=constant
            finecomb.training.learning-rate.warmup-steps=0
            finecomb.training.loss=softmax-cross-entropy
            finecomb.training.optimizer.beta1=0.9
            finecomb.training.optimizer.beta2=0.999
            finecomb.training.optimizer.decoupled=false
            finecomb.training.optimizer.epsilon=1.0E-8
            finecomb.training.optimizer.kind=sgd
            finecomb.training.optimizer.momentum=0.9
            finecomb.training.optimizer.nesterov=false
            finecomb.training.optimizer.weight-decay=0.0
            finecomb.training.seed=0
            """;

    @Test
    void theCanonicalTextIsFrozen() {
        assertThat(ConfigFingerprint.canonicalText(bound(file(least())))).isEqualTo(CANONICAL);
        assertThat(ConfigFingerprint.of(bound(file(least())))).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sparsity.pattern=1:4",
                "training.seed=1",
                "training.learning-rate.base=0.06",
                "model.classes=10",
                "model.normalize.scale=0.5",
                "sparsity.settle-steps=10",
                "training.batch-size=64"
            })
    void whatDecidesResultsChangesIt(String change) {
        assertThat(fingerprint(change)).isNotEqualTo(ConfigFingerprint.of(bound(file(least()))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka.bootstrap-servers=other:9092",
                "model.uri=/elsewhere/digits.pt",
                "model.device=cpu",
                "training.threads=1",
                "checkpoint.every-steps=7",
                "export.when-finished=stop",
                "ingest.prefetch-bytes=128MiB",
                "ingest.merge=arrival",
                "sparsity.settle-steps=300"
            })
    void whatDoesNotLeavesIt(String change) {
        assertThat(fingerprint(change)).isEqualTo(ConfigFingerprint.of(bound(file(least()))));
    }

    @Test
    void anArchitectureIsPartOfIt() {
        Map<String, Object> settings = least();
        settings.remove("finecomb.model.uri");
        settings.putAll(FullConfiguration.architecture());
        String text = ConfigFingerprint.canonicalText(bound(file(settings)));

        assertThat(text).isEqualTo(CANONICAL.replace("finecomb.model.inputs=x\n", """
                        finecomb.model.architecture.channels=32,64
                        finecomb.model.architecture.classes=10
                        finecomb.model.architecture.hidden=128
                        finecomb.model.architecture.inputs=1,28,28
                        finecomb.model.architecture.kind=cnn
                        finecomb.model.inputs=x
                        """));
    }

    @Test
    void theDescriptionHasEveryEffectiveSetting() {
        Map<String, String> described = EffectiveSettings.describe(bound(file(FullConfiguration.settings())));

        assertThat(described)
                .hasSameSizeAs(FullConfiguration.settings())
                .containsEntry("finecomb.training.loss", "binary-cross-entropy")
                .containsEntry("finecomb.kafka.properties.security.protocol", "SASL_SSL")
                .containsEntry("finecomb.sparsity.exclude", "head.*,fc1.weight")
                .containsEntry("finecomb.model.classes", "10");
    }

    private static String fingerprint(String change) {
        String[] setting = change.split("=", 2);
        return ConfigFingerprint.of(bound(file(leastWith(Map.of("finecomb." + setting[0], setting[1])))));
    }
}
