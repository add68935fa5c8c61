package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.training.ParameterStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through the real engine: buffers are reachable in place once the archive has the accessor. */
class ModuleBuffersTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void stayOffline() {
        System.setProperty("ai.djl.offline", "true");
    }

    @Test
    void buffersAreTheModulesOwnMemory() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.batchNormCnn());
        archive.writeWithAccessor(folder.resolve("module.pt"));
        try (Model model = Model.newInstance("module", "PyTorch")) {
            model.load(folder, "module", Map.of("trainParam", "true"));
            PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
            try (NDManager manager = model.getNDManager().newSubManager()) {
                List<NDArray> buffers = ModuleBuffers.of(block, manager, archive.buffers());
                assertThat(buffers)
                        .extracting(NDArray::getName)
                        .containsExactly("bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked");
                NDArray mean = buffers.get(0);
                NDArray count = buffers.get(2);
                assertThat(mean.toFloatArray()).containsOnly(0f);

                NDList input = new NDList(manager.randomNormal(new Shape(4, 3, 8, 8)));
                ParameterStore store = new ParameterStore(manager, false);
                block.forward(store, input, false); // makes the block switch the module to training afterwards
                block.forward(store, input, true);
                assertThat(mean.toFloatArray()).doesNotContain(0f);
                assertThat(count.toLongArray()).containsExactly(1L);

                float[] before = block.forward(store, input, false).head().toFloatArray();
                mean.addi(3f);
                count.toByteBuffer(true).putLong(0, 41L);
                assertThat(block.forward(store, input, false).head().toFloatArray())
                        .isNotEqualTo(before);
                block.forward(store, input, true);
                assertThat(count.toLongArray()).containsExactly(42L);
            }
        }
    }

    @Test
    void numberedTiedAndAbsentBuffersAreFoundToo() throws Exception {
        for (String name : List.of("odd.pt", "traced.pt")) {
            ModuleArchive archive = ModuleArchive.open(TestArchives.resource(name));
            archive.writeWithAccessor(folder.resolve("module.pt"));
            try (Model model = Model.newInstance("module", "PyTorch")) {
                model.load(folder, "module", Map.of("trainParam", "true"));
                List<NDArray> buffers =
                        ModuleBuffers.of((PtSymbolBlock) model.getBlock(), model.getNDManager(), archive.buffers());
                assertThat(buffers).hasSameSizeAs(archive.buffers());
                for (int i = 0; i < buffers.size(); i++) {
                    assertThat(ByteBuffer.wrap(buffers.get(i).toByteArray()))
                            .isEqualTo(archive.buffers().get(i).data());
                }
            }
        }
    }

    @Test
    void aWrittenModuleComputesWithItsNewValues() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.mlp());
        ArchivedTensor weight = archive.parameters().get(archive.parameters().size() - 2);
        ArchivedTensor bias = archive.parameters().getLast();
        archive.write(
                folder.resolve("module.pt"),
                Map.of(weight.name(), ByteBuffer.allocate(weight.data().remaining())));
        float[] expected = new float[(int) bias.elements()];
        bias.data().asFloatBuffer().get(expected);
        try (Model model = Model.newInstance("module", "PyTorch")) {
            model.load(folder, "module");
            NDManager manager = model.getNDManager();
            long inputs = archive.parameters().getFirst().shape().get(1);
            NDList output = model.getBlock()
                    .forward(new ParameterStore(manager, false), new NDList(manager.ones(new Shape(1, inputs))), false);
            assertThat(output.head().toFloatArray()).isEqualTo(expected);
        }
    }

    @Test
    void aModuleWithoutBuffersNeedsNoAccessor() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.mlp());
        assertThat(archive.buffers()).isEmpty();
        archive.writeWithAccessor(folder.resolve("module.pt"));
        try (Model model = Model.newInstance("module", "PyTorch")) {
            model.load(folder, "module", Map.of("trainParam", "true"));
            PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
            assertThat(ModuleBuffers.of(block, model.getNDManager(), archive.buffers()))
                    .isEmpty();
            assertThat(block.getDirectParameters().keys())
                    .containsExactlyElementsOf(archive.parameters().stream()
                            .map(ArchivedTensor::name)
                            .toList());
        }
    }
}
