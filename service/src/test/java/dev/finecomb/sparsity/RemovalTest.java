package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemovalTest {
    private static final SaliencyRule RULE = new SaliencyRule(0.1f, 0.9f, 1e-4f);

    @ParameterizedTest
    @ValueSource(strings = {"2:4", "4:8"})
    void doesNotDependOnTheThreadCount(String pattern) {
        int m = Integer.parseInt(pattern.substring(2));
        // More groups than one run, not a multiple of it, bits that end inside a word.
        List<SparseLayer> layers = List.of(
                PolicyRun.layer("big.weight", m, 181L, 101L * m), PolicyRun.layer("conv.weight", m, 7L, 3L * m, 3L));
        List<PolicyState> alone = stateAfterRemovals(PolicyRun.lbc(pattern, 4, 1, layers));

        assertThat(stateAfterRemovals(PolicyRun.lbc(pattern, 4, 2, layers))).isEqualTo(alone);
        assertThat(stateAfterRemovals(PolicyRun.lbc(pattern, 4, 7, layers))).isEqualTo(alone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2:4", "4:8"})
    void ofAMillionWeightsIsQuick(String name) {
        Pattern pattern = Pattern.parse(name);
        LbcPolicy policy = PolicyRun.lbc(name, 60, 2, List.of(PolicyRun.layer("w", pattern.m(), 1024L, 1024L)));
        List<LayerValues> values = List.of(new LayerValues(
                MemorySegment.ofArray(PolicyRun.gaussians(1, 1 << 20)),
                MemorySegment.ofArray(PolicyRun.gaussians(2, 1 << 20))));

        // Generous: a removal takes a fraction of a second; a slip in the algorithm takes minutes.
        Assertions.assertTimeout(Duration.ofSeconds(20), () -> {
            for (long step : new long[] {5, 30, 60}) {
                policy.remove(step, values);
            }
        });
        SparsityInvariants.exactly(pattern.n(), policy.masks().getFirst());
    }

    @Test
    void whenNoneIsDueChangesNothing() {
        LbcPolicy policy = PolicyRun.lbc("2:4", 60, 1, List.of(PolicyRun.layer("w", 4, 1L, 4L)));
        List<LayerMask> before = policy.masks();
        policy.remove(4, List.of());

        assertThat(policy.removalDue(4)).isFalse();
        assertThat(policy.removalDue(5)).isTrue();
        assertThat(policy.masks()).isSameAs(before);
    }

    @Test
    void catchesUpWhenStepsWereSkipped() {
        LbcPolicy policy = PolicyRun.lbc("2:4", 60, 1, List.of(PolicyRun.layer("w", 4, 1L, 4L)));
        policy.remove(1000, values(new float[] {0, 1, 2, 3}, new float[] {0, 0, 1, 1}));

        assertThat(policy.complete()).isTrue();
        assertThat(policy.removalDue(2000)).isFalse();
        assertThat(policy.masks().getFirst().bits()).containsExactly(0b1100);
    }

    @Test
    void neverBringsBackWhatASlowerScheduleWouldStillHave() {
        Pattern pattern = new Pattern(2, 4);
        List<SparseLayer> layers = List.of(PolicyRun.layer("w", 4, 1L, 4L));
        LbcPolicy fast = PolicyRun.lbc("2:4", 60, 1, layers);
        fast.remove(25, values(new float[] {0, 1, 2, 3}, new float[] {0, 0, 1, 1}));
        LbcPolicy slow = new LbcPolicy(pattern, RemovalSchedule.forLbc(pattern, 0, 600, 3), layers, new Workers(1));
        slow.importState(fast.exportState());

        assertThat(slow.survivorsAt(25)).isEqualTo(6);
        assertThat(slow.removalDue(25)).isFalse();
        assertThat(slow.survivors()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void meetingANonFiniteValueChangesNoLayer(float bad) {
        for (int threads : new int[] {1, 2}) {
            LbcPolicy policy = PolicyRun.lbc("2:4", 60, threads, PolicyRun.layers(4));
            try (PolicyRun run = new PolicyRun(policy, RULE, PolicyRun.Data.random(5))) {
                run.steps(0, 5);
                List<PolicyState> before = policy.exportState();
                run.weights().get(1)[17] = bad;

                assertThatExceptionOfType(NonFiniteSaliencyException.class)
                        .isThrownBy(() -> policy.remove(5, run.values()))
                        .withMessageContainingAll("conv.weight", "17", "weight is " + bad);
                assertThat(policy.exportState()).isEqualTo(before);
                assertThat(policy.survivors()).isEqualTo(6);
            }
        }
    }

    @Test
    void refusesValuesThatDoNotFit() {
        LbcPolicy policy = PolicyRun.lbc("2:4", 60, 1, List.of(PolicyRun.layer("w", 4, 1L, 4L)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.remove(60, List.of()))
                .withMessageContaining("1 layers, not of 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.remove(60, values(new float[4], new float[5])))
                .withMessageContainingAll("layer w", "16", "20");
    }

    @Test
    void refusesAPolicyThatDoesNotFitTogether() {
        Pattern pattern = new Pattern(2, 4);
        RemovalSchedule schedule = RemovalSchedule.forLbc(pattern, 0, 60, 3);
        SparseLayer layer = PolicyRun.layer("w", 4, 1L, 4L);

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new LbcPolicy(pattern, new RemovalSchedule(70, 0, 60, 3), List.of(layer), new Workers(1)))
                .withMessageContainingAll("2:4", "from 6", "from 70");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LbcPolicy(pattern, schedule, List.of(layer, layer), new Workers(1)))
                .withMessageContaining("distinct");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LbcPolicy(
                        pattern,
                        schedule,
                        List.of(new SparseLayer("w", new GroupedLayout(List.of(1L, 8L), 8))),
                        new Workers(1)))
                .withMessageContainingAll("grouped by 8", "2:4");
    }

    private static List<PolicyState> stateAfterRemovals(LbcPolicy policy) {
        try (PolicyRun run = new PolicyRun(policy, RULE, PolicyRun.Data.random(41))) {
            run.steps(0, 3);
        }
        return policy.exportState();
    }

    private static List<LayerValues> values(float[] weights, float[] saliencies) {
        return List.of(new LayerValues(MemorySegment.ofArray(weights), MemorySegment.ofArray(saliencies)));
    }
}
