package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptTest {
    private static final String SOURCE = """
            class Sums(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def add(self: __torch__.Sums, target: Tensor, factor: float) -> NoneType:
                _0 = torch.add_(target, target, alpha=factor)
                return None
              def dot(self: __torch__.Sums, left: Tensor, right: Tensor) -> Tensor:
                return torch.dot(left, right)
            """;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

    @AfterEach
    void free() {
        manager.close();
    }

    @Test
    void changesArraysInPlaceAndComputesNewOnes() {
        Script script = Script.load("Sums", SOURCE, manager);
        NDArray x = manager.create(new float[] {1, 2, 3});
        script.run("add", IValue.from((PtNDArray) x), IValue.from(1.0));
        assertThat(x.toFloatArray()).containsExactly(2, 4, 6);
        try (NDManager owner = manager.newSubManager()) {
            NDArray dot = script.compute(owner, "dot", IValue.from((PtNDArray) x), IValue.from((PtNDArray) x));
            assertThat(dot.getFloat()).isEqualTo(56);
            assertThat(owner.getManagedArrays()).containsExactly(dot);
        }
    }

    @Test
    void saysWhatTheEngineRefuses() {
        Script script = Script.load("Sums", SOURCE, manager);
        NDArray two = manager.create(new float[] {1, 2});
        NDArray three = manager.create(new float[] {1, 2, 3});
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() ->
                        script.compute(manager, "dot", IValue.from((PtNDArray) two), IValue.from((PtNDArray) three)))
                .withMessageContaining("same number of elements");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> Script.load("Sums", SOURCE.replace("torch.dot", "torch.dott"), manager))
                .withMessageContaining("dott");
    }
}
