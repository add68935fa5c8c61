package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyStateTest {
    private static final SaliencyRule RULE = new SaliencyRule(0.1f, 0.9f, 1e-4f);

    @ParameterizedTest
    @ValueSource(strings = {"lbc 2:4", "lbc 4:8", "lbc 2:16", "linear 8:16", "linear 2:4"})
    void goesOnExactlyAsTheOriginalWould(String variant) {
        for (long cut : new long[] {0, 1, 9, 25, 41}) {
            try (PolicyRun original = new PolicyRun(policy(variant), RULE, PolicyRun.Data.random(31));
                    PolicyRun resumed = new PolicyRun(policy(variant), RULE, PolicyRun.Data.random(31))) {
                original.steps(0, cut);
                resumed.policy().importState(original.policy().exportState());
                copyWeightsAndSaliencies(original, resumed);

                assertThat(resumed.policy().masks()).isEqualTo(original.policy().masks());
                assertThat(resumed.policy().survivors())
                        .isEqualTo(original.policy().survivors());

                original.steps(cut, 44);
                resumed.steps(cut, 44);
                assertThat(resumed.policy().exportState())
                        .isEqualTo(original.policy().exportState());
                assertThat(resumed.policy().masks()).isEqualTo(original.policy().masks());
                for (int i = 0; i < original.weights().size(); i++) {
                    assertThat(resumed.weights().get(i))
                            .containsExactly(original.weights().get(i));
                }
            }
        }
    }

    /** Bytes worked out by hand, not made by the encoder: these are stored. */
    @Test
    void hasAFrozenForm() {
        LbcPolicy policy = PolicyRun.lbc("2:4", 60, 1, List.of(PolicyRun.layer("fc.weight", 4, 1L, 8L)));
        float[] w = {1, -2, 3, 4, 0, 0, 0, 0};
        float[] a = {-.05f, .05f, .3f, -.05f, 1, 1, 0, 0};

        assertThat(policy.exportState())
                .containsExactly(text("policy", "lbc v1 2:4 6"), array("survivors/fc.weight", 0xFF, 0x0F));

        policy.remove(25, List.of(new LayerValues(MemorySegment.ofArray(w), MemorySegment.ofArray(a))));

        // Group 0 keeps 12 (bit 3) and 23 (bit 5): 101000. Group 1 keeps 01 (bit 0) and 02 (bit 1): 000011.
        assertThat(policy.exportState())
                .containsExactly(text("policy", "lbc v1 2:4 2"), array("survivors/fc.weight", 0b11101000, 0b0000));
    }

    @Test
    void ofTheLinearVariantHasAFrozenForm() {
        LinearPolicy policy = PolicyRun.linear("8:16", 60, 1, List.of(PolicyRun.layer("fc.weight", 16, 1L, 16L)));

        assertThat(policy.exportState())
                .containsExactly(text("policy", "linear v1 8:16 16"), array("survivors/fc.weight", 0xFF, 0xFF));
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                Arguments.of("no array policy", changed(state -> state.subList(1, 3))),
                Arguments.of("no array survivors/conv.weight", changed(state -> state.subList(0, 2))),
                Arguments.of("two arrays named policy", changed(state -> plus(state, state.getFirst()))),
                Arguments.of("not sparse here", changed(state -> plus(state, array("survivors/other", 1)))),
                Arguments.of("'lbc v1 4:8 6'", replaced(0, text("policy", "lbc v1 4:8 6"))),
                Arguments.of("'linear v1 2:4 4'", replaced(0, text("policy", "linear v1 2:4 4"))),
                Arguments.of("'lbc v2 2:4 6'", replaced(0, text("policy", "lbc v2 2:4 6"))),
                Arguments.of("1 to 6 survivors", replaced(0, text("policy", "lbc v1 2:4 0"))),
                Arguments.of("1 to 6 survivors", replaced(0, text("policy", "lbc v1 2:4 7"))),
                Arguments.of("1 to 6 survivors", replaced(0, text("policy", "lbc v1 2:4 x"))),
                Arguments.of("instead of 5", replaced(0, text("policy", "lbc v1 2:4 5"))),
                Arguments.of("has 3 bytes", replaced(1, array("survivors/fc.weight", 1, 2, 3))),
                Arguments.of("bits beyond its last group", changed(state -> {
                    byte[] bytes = state.get(1).bytes();
                    bytes[bytes.length - 1] = (byte) 0xFF;
                    return List.of(
                            state.getFirst(), new PolicyState(state.get(1).name(), bytes), state.get(2));
                })));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusable")
    void isRefusedWhenItDoesNotFitAndChangesNothing(String message, UnaryOperator<List<PolicyState>> change) {
        MaskPolicy policy = PolicyRun.lbc("2:4", 40, 1, PolicyRun.layers(4));
        List<PolicyState> before = policy.exportState();

        assertThatExceptionOfType(IncompatibleStateException.class)
                .isThrownBy(() -> policy.importState(change.apply(before)))
                .withMessageContaining(message);
        assertThat(policy.exportState()).isEqualTo(before);
        assertThat(policy.survivors()).isEqualTo(6);
    }

    @Test
    void aLinearStateBelowNIsRefused() {
        MaskPolicy policy = PolicyRun.linear("2:4", 40, 1, PolicyRun.layers(4));
        List<PolicyState> state = new ArrayList<>(policy.exportState());
        state.set(0, text("policy", "linear v1 2:4 1"));

        assertThatExceptionOfType(IncompatibleStateException.class)
                .isThrownBy(() -> policy.importState(state))
                .withMessageContaining("2 to 4 survivors");
    }

    private static MaskPolicy policy(String variant) {
        String pattern = variant.substring(variant.indexOf(' ') + 1);
        List<SparseLayer> layers = PolicyRun.layers(Integer.parseInt(pattern.substring(2)));
        return variant.startsWith("lbc")
                ? PolicyRun.lbc(pattern, 40, 1, layers)
                : PolicyRun.linear(pattern, 40, 1, layers);
    }

    private static void copyWeightsAndSaliencies(PolicyRun from, PolicyRun to) {
        for (int i = 0; i < from.weights().size(); i++) {
            float[] weights = from.weights().get(i);
            System.arraycopy(weights, 0, to.weights().get(i), 0, weights.length);
            to.saliency().write(SaliencyBuffer.ACCUMULATOR, i, from.saliency().a(i));
            to.saliency().write(SaliencyBuffer.MOMENTUM, i, from.saliency().b(i));
        }
    }

    private static UnaryOperator<List<PolicyState>> changed(UnaryOperator<List<PolicyState>> change) {
        return change;
    }

    private static UnaryOperator<List<PolicyState>> replaced(int at, PolicyState replacement) {
        return state -> {
            List<PolicyState> copy = new ArrayList<>(state);
            copy.set(at, replacement);
            return copy;
        };
    }

    private static List<PolicyState> plus(List<PolicyState> state, PolicyState more) {
        List<PolicyState> copy = new ArrayList<>(state);
        copy.add(more);
        return copy;
    }

    private static PolicyState text(String name, String text) {
        return new PolicyState(name, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static PolicyState array(String name, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new PolicyState(name, bytes);
    }
}
