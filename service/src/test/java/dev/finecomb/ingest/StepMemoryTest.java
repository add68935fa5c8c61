package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepMemoryTest {
    private final StepMemory memory = new StepMemory();

    @Test
    void aTensorsRoomLiesOutsideTheHeapAsTheEngineAlignsIt() {
        ByteBuffer rows = memory.tensor(1).of(100);

        assertThat(rows.isDirect()).isTrue();
        assertThat(rows.capacity()).isEqualTo(100);
        assertThat(rows.alignmentOffset(0, 64)).isZero();
    }

    @Test
    void aTensorsRoomIsTheSameStepAfterStepAndGrows() {
        memory.tensor(0).of(8).putLong(0, 7);

        assertThat(memory.tensor(0).of(8).getLong(0)).isEqualTo(7);
        assertThat(memory.tensor(1).of(8).getLong(0)).isZero();
        assertThat(memory.tensor(0).of(4096).capacity()).isEqualTo(4096);
        assertThat(memory.tensor(0).of(8).capacity()).isEqualTo(8);
    }

    @Test
    void samplesOfSeveralRecordsLieTogetherInIt() {
        TrainingBatch joined = Samples.join(List.of(batch(1, 2), batch(3), batch(4, 5, 6)), memory);

        assertThat(joined.samples()).isEqualTo(6);
        assertThat(numbers(joined.inputs().getFirst())).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(numbers(joined.labels().getFirst())).containsExactly(-1, -2, -3, -4, -5, -6);
        assertThat(joined.inputs().getFirst().data().isDirect()).isTrue();
    }

    @Test
    void samplesOfOneRecordStayWhereTheyAre() {
        TrainingBatch only = batch(1, 2);

        assertThat(Samples.join(List.of(only), memory)).isSameAs(only);
    }

    private static TrainingBatch batch(int... inputs) {
        ByteBuffer x = ByteBuffer.allocate(inputs.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer y = ByteBuffer.allocate(inputs.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int input : inputs) {
            x.putInt(input);
            y.putInt(-input);
        }
        List<Long> shape = List.of((long) inputs.length);
        return new TrainingBatch(
                List.of(new Tensor("x", DType.I32, shape, x.flip())),
                List.of(new Tensor("y", DType.I32, shape, y.flip())),
                inputs.length);
    }

    private static int[] numbers(Tensor tensor) {
        int[] numbers = new int[Math.toIntExact(tensor.elements())];
        tensor.data().asIntBuffer().get(numbers);
        return numbers;
    }
}
