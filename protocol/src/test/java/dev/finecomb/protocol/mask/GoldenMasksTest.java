package dev.finecomb.protocol.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.Golden;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A snapshot made by NumPy and the official safetensors package, read and made again. */
class GoldenMasksTest {
    private static final List<String> KEYS = List.of("fc.weight#0", "conv.weight#0", "conv.weight#1");
    private static final int MAX_VALUE_BYTES = ChunkCodec.HEADER_BYTES + 8;

    @Test
    void isReadAsItsMakerMeantIt() {
        MaskSnapshot snapshot = read();

        assertThat(snapshot.version()).isEqualTo(5);
        assertThat(snapshot.step()).isEqualTo(42);
        assertThat(snapshot.state()).isEqualTo(MaskState.FINAL);
        assertThat(snapshot.layers()).hasSize(2);
        for (MaskLayer layer : snapshot.layers()) {
            byte[] expected = Golden.bytes("masks/" + layer.parameter() + "-own-layout.bin");

            assertThat(layer.weightMask()).isEqualTo(expected);
            assertThat(layer.kept()).isEqualTo(layer.layout().elements() / 2);
            assertThat(layer.groupedBits().cardinality()).isEqualTo((int) layer.kept());
            for (int index = 0; index < expected.length; index++) {
                assertThat(layer.keeps(index)).isEqualTo(expected[index] == 1);
                assertThat(layer.groupedBits().get((int) layer.layout().groupedIndex(index)))
                        .isEqualTo(expected[index] == 1);
            }
        }
        assertThat(snapshot.layer("fc.weight")).isPresent();
        assertThat(snapshot.layer("other")).isEmpty();
    }

    @Test
    void isMadeByteForByte() {
        List<LayerBits> layers = new ArrayList<>();
        read().layers().forEach(layer -> layers.add(layer.bits()));
        MaskPublication publication = MaskPublication.first(
                new MaskDraft(new Origin("digits", "2f1c9a4e", 42), 5, MaskState.FINAL, new Pattern(2, 4), layers),
                MAX_VALUE_BYTES);

        assertThat(publication.records()).extracting(MaskRecord::key).containsSequence(KEYS);
        for (int chunk = 0; chunk < KEYS.size(); chunk++) {
            assertThat(publication.records().get(chunk).value()).isEqualTo(golden(KEYS.get(chunk)));
        }
        assertThat(new String(publication.records().getLast().value(), StandardCharsets.UTF_8))
                .isEqualTo(new String(Golden.bytes("masks/manifest.json"), StandardCharsets.UTF_8));
    }

    @Test
    void theDigestCoversFieldsThatNoReaderKnows() throws MalformedMessageException {
        String manifest = new String(Golden.bytes("masks/manifest.json"), StandardCharsets.UTF_8);
        assertThat(MaskManifest.decode(manifest.getBytes(StandardCharsets.UTF_8))
                        .digest())
                .isEqualTo(manifest.substring(manifest.length() - 66, manifest.length() - 2));

        assertThatThrownBy(() -> MaskManifest.decode(
                        manifest.replace("\"version\":5", "\"version\":6").getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("digest: expected ");
        assertThatThrownBy(() -> MaskManifest.decode(manifest.replace("\"version\":5", "\"version\":5,\"x\":1")
                        .getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("digest: expected ");
    }

    private static MaskSnapshot read() {
        MaskAssembler assembler = new MaskAssembler("digits");
        for (String key : KEYS) {
            assertThat(assembler.accept(key, golden(key))).isEmpty();
        }
        Optional<MaskSnapshot> snapshot = assembler.accept("manifest", Golden.bytes("masks/manifest.json"));
        return snapshot.orElseThrow();
    }

    private static byte[] golden(String key) {
        return Golden.bytes("masks/" + key.replace('#', '-') + ".safetensors");
    }
}
