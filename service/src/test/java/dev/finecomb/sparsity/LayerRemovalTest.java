package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole layers, removal after removal, against the oracle: survivors, masks and what a restart makes of them. */
class LayerRemovalTest {
    @ParameterizedTest
    @ValueSource(strings = {"1:2", "1:4", "2:4", "2:5", "3:7", "4:8", "2:8", "1:16", "2:16"})
    void leavesTheSurvivorsThatTheOracleLeaves(String name) {
        Pattern pattern = Pattern.parse(name);
        int m = pattern.m();
        int[] choices = Combinations.of(pattern).toBits();
        List<SparseLayer> layers = List.of(
                PolicyRun.layer("fc.weight", m, 13L, 11L * m),
                PolicyRun.layer("conv.weight", m, 67L, 2L * m, 2L, 3L),
                PolicyRun.layer("point.weight", m, 3L, 7L * m, 1L, 1L));
        SurvivorTable table = new SurvivorTable(pattern, choices, layers, new Workers(2));
        Random random = new Random(m);
        int keep = choices.length;
        while (keep > 1) {
            keep -= random.nextBoolean() ? 1 : 1 + random.nextInt(keep - 1);
            List<float[]> saliencies = values(layers, random);
            List<float[]> weights = values(layers, random);
            List<List<List<Integer>>> expected = expected(table, choices, saliencies, weights, keep);

            table.retain(keep, layerValues(saliencies, weights));

            assertHolds(table, choices, expected);
            SurvivorTable restarted = new SurvivorTable(pattern, choices, layers, new Workers(1));
            restarted.load(keep, table.survivors().stream().map(Survivors::copy).toList());
            assertThat(restarted.masks()).isEqualTo(table.masks());
        }
    }

    private static void assertHolds(SurvivorTable table, int[] choices, List<List<List<Integer>>> expected) {
        for (int layer = 0; layer < expected.size(); layer++) {
            Survivors survivors = table.survivors().get(layer);
            LayerMask mask = table.masks().get(layer);
            for (int group = 0; group < survivors.groups(); group++) {
                List<Integer> kept = expected.get(layer).get(group);
                assertThat(SlowRanking.alive(survivors, group))
                        .as("layer %d, group %d", layer, group)
                        .isEqualTo(kept);
                assertThat(mask.group(group))
                        .as("mask of layer %d, group %d", layer, group)
                        .isEqualTo(SlowRanking.union(choices, kept));
            }
        }
    }

    private static List<List<List<Integer>>> expected(
            SurvivorTable table, int[] choices, List<float[]> saliencies, List<float[]> weights, int keep) {
        List<List<List<Integer>>> expected = new ArrayList<>();
        for (int layer = 0; layer < saliencies.size(); layer++) {
            GroupedLayout layout = table.layers().get(layer).layout();
            List<List<Integer>> groups = new ArrayList<>();
            for (long group = 0; group < layout.groups(); group++) {
                groups.add(SlowRanking.kept(
                        choices,
                        SlowRanking.alive(table.survivors().get(layer), group),
                        ofGroup(layout, group, saliencies.get(layer)),
                        ofGroup(layout, group, weights.get(layer)),
                        keep));
            }
            expected.add(groups);
        }
        return expected;
    }

    private static double[] ofGroup(GroupedLayout layout, long group, float[] values) {
        double[] ofGroup = new double[layout.m()];
        for (int k = 0; k < ofGroup.length; k++) {
            ofGroup[k] = values[(int) layout.weightIndex(group * layout.m() + k)];
        }
        return ofGroup;
    }

    /** Half of the groups' values tie. */
    private static List<float[]> values(List<SparseLayer> layers, Random random) {
        List<float[]> values = new ArrayList<>();
        for (SparseLayer layer : layers) {
            float[] ofLayer = new float[(int) layer.layout().elements()];
            for (int i = 0; i < ofLayer.length; i++) {
                ofLayer[i] = random.nextInt(6) == 0 ? (float) random.nextGaussian() : random.nextInt(-2, 3);
            }
            values.add(ofLayer);
        }
        return values;
    }

    private static List<LayerValues> layerValues(List<float[]> saliencies, List<float[]> weights) {
        List<LayerValues> values = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            values.add(
                    new LayerValues(MemorySegment.ofArray(weights.get(i)), MemorySegment.ofArray(saliencies.get(i))));
        }
        return values;
    }
}
