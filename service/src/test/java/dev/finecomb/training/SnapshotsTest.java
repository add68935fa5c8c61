package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
    /** More than one chunk of the copy, and not a multiple of one. */
    private static final int LONG = 700_001;

    private final Workers workers = new Workers(2);
    private final Snapshots snapshots = new Snapshots(workers);
    private final float[] first = ramp(LONG, 1);
    private final float[] second = ramp(3, -1);
    private final List<StateArray> state = List.of(
            new HostArray("first", List.of((long) LONG), MemorySegment.ofArray(first)),
            new HostArray("second", List.of(3L), MemorySegment.ofArray(second)));

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void holdsTheStateAsItWas() {
        float[] before = first.clone();
        try (TrainerSnapshot snapshot = take()) {
            Arrays.fill(first, 0);
            assertThat(snapshot.tensors()).extracting(Tensor::name).containsExactly("first", "second", "further");
            assertThat(floats(snapshot.tensors().get(0))).isEqualTo(before);
            assertThat(floats(snapshot.tensors().get(1))).isEqualTo(second);
        }
    }

    @Test
    void theNextOneHasTheMemoryOfTheOneThatWasClosed() {
        TrainerSnapshot one = take();
        long address = address(one);
        one.close();
        assertThat(address(take())).isEqualTo(address);
    }

    @Test
    void noneHasTheMemoryOfOneThatIsOpen() {
        TrainerSnapshot one = take();
        float[] before = floats(one.tensors().getFirst());
        TrainerSnapshot two = take();
        assertThat(address(two)).isNotEqualTo(address(one));

        // Closed twice, which must not hand its memory out twice.
        two.close();
        two.close();
        Arrays.fill(first, 7);
        TrainerSnapshot three = take();
        Arrays.fill(first, 9);
        TrainerSnapshot four = take();

        assertThat(floats(one.tensors().getFirst())).isEqualTo(before);
        assertThat(floats(three.tensors().getFirst())).containsOnly(7);
        assertThat(floats(four.tensors().getFirst())).containsOnly(9);
    }

    private TrainerSnapshot take() {
        var further = new Tensor("further", DType.U8, List.of(1L), ByteBuffer.wrap(new byte[] {1}));
        return snapshots.take(5, 10, state, List.of(further));
    }

    private static long address(TrainerSnapshot snapshot) {
        return MemorySegment.ofBuffer(snapshot.tensors().getFirst().data()).address();
    }

    private static float[] floats(Tensor tensor) {
        return MemorySegment.ofBuffer(tensor.data()).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static float[] ramp(int n, float step) {
        float[] values = new float[n];
        IntStream.range(0, n).forEach(i -> values[i] = i * step);
        return values;
    }
}
