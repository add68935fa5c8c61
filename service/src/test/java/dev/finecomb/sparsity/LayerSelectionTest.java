package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.finecomb.protocol.mask.Pattern;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LayerSelectionTest {
    private static final Pattern PATTERN = new Pattern(2, 4);

    private static final List<LayerCandidate> NETWORK = List.of(
            candidate("stem.weight", LayerKind.CONVOLUTION, 16, 4, 3, 3),
            candidate("stem.bias", LayerKind.CONVOLUTION, 16),
            candidate("bn1.weight", LayerKind.OTHER, 16),
            candidate("conv1.weight", LayerKind.CONVOLUTION, 32, 16, 3, 3),
            candidate("depthwise.weight", LayerKind.CONVOLUTION, 32, 1, 3, 3),
            candidate("embedding.weight", LayerKind.OTHER, 100, 32),
            candidate("odd.weight", LayerKind.LINEAR, 12, 30),
            candidate("fc.weight", LayerKind.LINEAR, 64, 12),
            candidate("head.weight", LayerKind.LINEAR, 12, 64),
            candidate("head.bias", LayerKind.LINEAR, 12));

    @Test
    void givesEveryParameterAVerdictAndAReason() {
        assertThat(LayerSelection.select(NETWORK, PATTERN, List.of(), List.of()))
                .extracting(LayerVerdict::parameter, LayerVerdict::sparse, LayerVerdict::reason)
                .containsExactly(
                        tuple("stem.weight", false, "first convolution stays dense (include it by name to override)"),
                        tuple("stem.bias", false, "biases, norms and scales stay dense"),
                        tuple("bn1.weight", false, "biases, norms and scales stay dense"),
                        tuple("conv1.weight", true, "input channels per convolution group (16) form groups of 4"),
                        tuple(
                                "depthwise.weight",
                                false,
                                "input channels per convolution group (1) are not divisible by 4"),
                        tuple(
                                "embedding.weight",
                                false,
                                "only weights of linear and convolution layers can become sparse"),
                        tuple("odd.weight", false, "input features (30) are not divisible by 4"),
                        tuple("fc.weight", true, "input features (12) form groups of 4"),
                        tuple("head.weight", false, "classifier stays dense (include it by name to override)"),
                        tuple("head.bias", false, "biases, norms and scales stay dense"));
    }

    @Test
    void passesShapesOn() {
        assertThat(LayerSelection.select(NETWORK, PATTERN, List.of(), List.of()))
                .extracting(LayerVerdict::shape)
                .isEqualTo(NETWORK.stream().map(LayerCandidate::shape).toList());
    }

    @Test
    void includeOverridesTheFirstConvolutionAndTheClassifier() {
        Map<String, LayerVerdict> verdicts = byName(List.of("stem.weight", "head.*"), List.of());

        assertVerdict(verdicts, "stem.weight", true, "included by 'stem.weight'");
        assertVerdict(verdicts, "head.weight", true, "included by 'head.*'");
        assertVerdict(verdicts, "head.bias", false, "biases, norms and scales stay dense");
        assertVerdict(verdicts, "conv1.weight", true, "input channels per convolution group (16) form groups of 4");
    }

    @Test
    void includeCantOverrideWhatIsImpossible() {
        Map<String, LayerVerdict> verdicts =
                byName(List.of("odd.weight", "depthwise.weight", "embedding.weight"), List.of());

        assertVerdict(
                verdicts,
                "odd.weight",
                false,
                "can't be made sparse although 'odd.weight' includes it: input features (30) are not divisible by 4");
        assertVerdict(
                verdicts,
                "depthwise.weight",
                false,
                "can't be made sparse although 'depthwise.weight' includes it:"
                        + " input channels per convolution group (1) are not divisible by 4");
        assertVerdict(
                verdicts,
                "embedding.weight",
                false,
                "can't be made sparse although 'embedding.weight' includes it:"
                        + " only weights of linear and convolution layers can become sparse");
    }

    @Test
    void excludeKeepsALayerDenseAndWinsOverInclude() {
        Map<String, LayerVerdict> verdicts = byName(List.of("conv?.weight"), List.of("conv*", "fc.weight"));

        assertVerdict(verdicts, "conv1.weight", false, "excluded by 'conv*'");
        assertVerdict(verdicts, "fc.weight", false, "excluded by 'fc.weight'");
    }

    @Test
    void excludingALayerDoesNotMakeAnotherOneFirstOrLast() {
        Map<String, LayerVerdict> verdicts = byName(List.of(), List.of("stem.weight", "head.weight"));

        assertThat(verdicts.get("conv1.weight")).matches(LayerVerdict::sparse);
        assertThat(verdicts.get("fc.weight")).matches(LayerVerdict::sparse);
    }

    @Test
    void aGlobThatMatchesNothingNamesItselfAndWhatThereIs() {
        assertThatExceptionOfType(UnmatchedGlobException.class)
                .isThrownBy(() -> byName(List.of("stem"), List.of()))
                .withMessageContainingAll("'stem'", "stem.weight", "conv1.weight", "head.bias")
                .matches(failure -> failure.glob().equals("stem"));
        assertThatExceptionOfType(UnmatchedGlobException.class)
                .isThrownBy(() -> byName(List.of(), List.of("layer?.weight")))
                .withMessageContaining("'layer?.weight'");
    }

    @Test
    void globsTakeEverythingElseLiterally() {
        assertThat(NameGlob.of("a.b").matches("axb")).isFalse();
        assertThat(NameGlob.of("a[0].b+").matches("a[0].b+")).isTrue();
        assertThat(NameGlob.of("*.weight").matches("block.0.conv.weight")).isTrue();
        assertThat(NameGlob.of("block.?.*").matches("block.10.conv")).isFalse();
        assertThat(NameGlob.of("\\E.*").matches("\\E.x")).isTrue();
    }

    private static Map<String, LayerVerdict> byName(List<String> include, List<String> exclude) {
        return LayerSelection.select(NETWORK, PATTERN, include, exclude).stream()
                .collect(Collectors.toMap(LayerVerdict::parameter, verdict -> verdict));
    }

    private static void assertVerdict(
            Map<String, LayerVerdict> verdicts, String parameter, boolean sparse, String reason) {
        assertThat(verdicts.get(parameter))
                .extracting(LayerVerdict::sparse, LayerVerdict::reason)
                .containsExactly(sparse, reason);
    }

    private static LayerCandidate candidate(String name, LayerKind kind, long... shape) {
        return new LayerCandidate(name, kind, Arrays.stream(shape).boxed().toList());
    }
}
