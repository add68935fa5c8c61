package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StepScopeTest {
    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private final StepScope scope = new StepScope(manager);

    @AfterEach
    void close() {
        scope.close();
        manager.close();
    }

    @Test
    void alignedMemoryOutsideTheHeapIsTakenAsItLies() {
        ByteBuffer memory = Arena.ofAuto().allocate(16, 64).asByteBuffer();

        assertThat(staged(memory, 0)).containsExactly(1, 2, 3, 9);
    }

    @Test
    void memoryThatTheEngineWouldHaveAlignedOtherwiseIsCopied() {
        ByteBuffer memory = Arena.ofAuto().allocate(20, 64).asByteBuffer();

        assertThat(staged(memory, 4)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void memoryInTheHeapIsCopied() {
        assertThat(staged(ByteBuffer.allocate(16), 0)).containsExactly(1, 2, 3, 4);
    }

    /** Stages 1, 2, 3, 4, and only then makes a 9 of the 4 in the memory. */
    private float[] staged(ByteBuffer memory, int from) {
        ByteBuffer elements = memory.slice(from, 16).order(ByteOrder.LITTLE_ENDIAN);
        elements.asFloatBuffer().put(new float[] {1, 2, 3, 4});
        var array = scope.stage(new Tensor("x", DType.F32, List.of(2L, 2L), elements));
        elements.putFloat(12, 9);
        assertThat(array.getShape().getShape()).containsExactly(2, 2);
        return array.toFloatArray();
    }
}
