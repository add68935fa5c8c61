package dev.finecomb.protocol.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random nested arrays against a tree walk: rectangular or not, which shape, which type, which numbers. */
class JsonShapeOracleTest {
    private static final int CASES = 10_000;
    private static final ObjectMapper TREES = new ObjectMapper();

    private final BatchDecoder decoder = new BatchDecoder(BatchSchema.of(List.of("x"), List.of("y")));

    @Test
    void agreesWithATreeWalk() throws IOException {
        int accepted = 0;
        for (int seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String array = array(random, List.of(1 + random.nextInt(3), random.nextInt(4), 1 + random.nextInt(2)), 0);
            JsonNode tree = TREES.readTree(array);
            Optional<List<Long>> shape = shape(tree).filter(s -> !s.contains(0L));
            String record = "{\"x\": %s, \"y\": %s}".formatted(array, array);

            Decoded decoded = decoder.decode("", record.getBytes(UTF_8));

            switch (decoded) {
                case Decoded.Accepted(TrainingBatch batch) -> {
                    accepted++;
                    assertThat(shape)
                            .as(array)
                            .contains(batch.inputs().getFirst().shape());
                    assertSameNumbers(tree, batch.inputs().getFirst(), true);
                    assertSameNumbers(tree, batch.labels().getFirst(), false);
                }
                case Decoded.Refused(RejectReason reason, String _) -> {
                    assertThat(shape).as(array).isEmpty();
                    assertThat(reason).isIn(RejectReason.SHAPE, RejectReason.EMPTY);
                }
            }
        }
        assertThat(accepted).isBetween(CASES / 10, CASES * 9 / 10);
    }

    /** Mostly rectangular, of the sizes given; now and then an element goes missing or sits on the wrong level. */
    private static String array(SplittableRandom random, List<Integer> sizes, int depth) {
        if (depth == sizes.size()) {
            return random.nextInt(40) == 0 ? "1.5" : Integer.toString(random.nextInt(-5, 50));
        }
        int size = sizes.get(depth) - (random.nextInt(20) == 0 ? 1 : 0);
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            elements.add(array(random, sizes, random.nextInt(40) == 0 ? sizes.size() : depth + 1));
        }
        return "[" + String.join(", ", elements) + "]";
    }

    private static Optional<List<Long>> shape(JsonNode node) {
        if (node.isNumber()) {
            return Optional.of(List.of());
        }
        List<Optional<List<Long>>> inner = new ArrayList<>();
        node.forEach(child -> inner.add(shape(child)));
        if (inner.isEmpty()) {
            return Optional.of(List.of(0L));
        }
        if (inner.stream().distinct().count() > 1 || inner.getFirst().isEmpty()) {
            return Optional.empty();
        }
        List<Long> shape = new ArrayList<>(List.of((long) inner.size()));
        shape.addAll(inner.getFirst().orElseThrow());
        return Optional.of(shape);
    }

    private static void assertSameNumbers(JsonNode tree, Tensor tensor, boolean input) {
        List<JsonNode> leaves = new ArrayList<>();
        collect(tree, leaves);
        boolean integers = !input && leaves.stream().allMatch(JsonNode::isIntegralNumber);
        assertThat(tensor.dtype()).isEqualTo(integers ? DType.I64 : DType.F32);
        ByteBuffer data = tensor.data();
        for (JsonNode leaf : leaves) {
            if (integers) {
                assertThat(data.getLong()).isEqualTo(leaf.longValue());
            } else {
                assertThat(data.getFloat()).isEqualTo(leaf.floatValue());
            }
        }
        assertThat(data.hasRemaining()).isFalse();
    }

    private static void collect(JsonNode node, List<JsonNode> leaves) {
        if (node.isNumber()) {
            leaves.add(node);
        }
        node.forEach(child -> collect(child, leaves));
    }
}
