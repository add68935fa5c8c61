package dev.finecomb.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.finecomb.MaskHistory;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.mask.MaskLayer;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskFileTest {
    @TempDir
    private Path folder;

    private final MaskSnapshot snapshot = new MaskHistory("digits", 3).snapshot(3);

    @Test
    void bytesAreInTheWeightsOwnLayout() throws Exception {
        Path file = folder.resolve("masks.safetensors");

        ExportedFile written = MaskFile.write(snapshot, MaskFile.Form.BYTES, file);

        assertThat(written).isEqualTo(new ExportedFile("masks.safetensors", Files.size(file), Sha256.hex(file)));
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(read.metadata())
                    .containsEntry("job", "digits")
                    .containsEntry("step", "30")
                    .containsEntry("version", "3")
                    .containsEntry("state", "final")
                    .containsEntry("pattern", "2:4")
                    .containsEntry("digest", snapshot.manifest().digest());
            assertThat(read.entries()).hasSameSizeAs(snapshot.layers());
            for (MaskLayer layer : snapshot.layers()) {
                SafetensorsFile.Entry entry = read.find(layer.parameter()).orElseThrow();
                assertThat(entry.dtype()).isEqualTo(DType.U8);
                assertThat(entry.shape()).isEqualTo(layer.layout().shape());
                for (long weight = 0; weight < layer.layout().elements(); weight++) {
                    assertThat(entry.data().get(ValueLayout.JAVA_BYTE, weight))
                            .isEqualTo((byte) (layer.keeps(weight) ? 1 : 0));
                }
            }
        }
    }

    @Test
    void packedAreTheBitsAsPublished() throws Exception {
        Path file = folder.resolve("masks.safetensors");

        MaskFile.write(snapshot, MaskFile.Form.PACKED, file);

        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            for (MaskLayer layer : snapshot.layers()) {
                byte[] bits = new byte[layer.bits().bits().remaining()];
                layer.bits().bits().get(bits);
                assertThat(read.find(layer.parameter()).orElseThrow().data().toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(bits);
            }
            assertThat(read.metadata().get("order")).startsWith("one bit per weight");
        }
    }

    @Test
    void theSameSnapshotGivesTheSameBytesAndNothingElseIsLeft() throws Exception {
        Path file = folder.resolve("masks.safetensors");
        Files.writeString(file, "an older one");

        ExportedFile first = MaskFile.write(snapshot, MaskFile.Form.BYTES, file);
        ExportedFile second = MaskFile.write(snapshot, MaskFile.Form.BYTES, file);

        assertThat(second).isEqualTo(first);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFailedWriteLeavesNothing() throws Exception {
        Path taken = folder.resolve("masks.safetensors");
        Files.createDirectories(taken.resolve("full"));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> MaskFile.write(snapshot, MaskFile.Form.BYTES, taken));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(taken);
        }
    }
}
