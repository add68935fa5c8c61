package dev.finecomb.protocol.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskPublicationTest {
    private static final Pattern PATTERN = new Pattern(2, 4);
    private static final GroupedLayout TWO_CHUNKS = new GroupedLayout(List.of(1L, 128L), 4);

    @Test
    void theFirstSnapshotIsWholeAndTheManifestComesLast() {
        MaskPublication first = MaskPublication.first(draft(1, ones()), MaskWorld.MAX_VALUE_BYTES);

        assertThat(first.records()).extracting(MaskRecord::key).containsExactly("w#0", "w#1", "manifest");
        assertThat(first.records())
                .extracting(MaskRecord::kind)
                .containsExactly(MessageKind.MASK, MessageKind.MASK, MessageKind.MASK_MANIFEST);
        assertThat(first.records().getLast().value()).isEqualTo(first.manifest().encode());
        assertThat(first.manifest().layers().getFirst().chunks())
                .extracting(ManifestChunk::sha256)
                .containsExactly(
                        Sha256.hex(first.records().get(0).value()),
                        Sha256.hex(first.records().get(1).value()));
    }

    @Test
    void onlyChangedChunksAreRecordsButAllAreNamed() {
        MaskManifest first = MaskPublication.first(draft(1, ones()), MaskWorld.MAX_VALUE_BYTES)
                .manifest();
        byte[] bits = ones();
        bits[12] = 0x33;
        MaskPublication second = MaskPublication.after(first, draft(2, bits), MaskWorld.MAX_VALUE_BYTES);

        assertThat(second.records()).extracting(MaskRecord::key).containsExactly("w#1", "manifest");
        List<ManifestChunk> before = first.layers().getFirst().chunks();
        List<ManifestChunk> after = second.manifest().layers().getFirst().chunks();
        assertThat(after.get(0)).isEqualTo(before.get(0));
        assertThat(after.get(1)).isNotEqualTo(before.get(1));
        assertThat(second.retiredKeys()).isEmpty();
    }

    @Test
    void anotherIncarnationsChunksServeToo() {
        MaskManifest first = MaskPublication.first(draft(7, ones()), MaskWorld.MAX_VALUE_BYTES)
                .manifest();
        MaskDraft reborn = new MaskDraft(
                new Origin("digits", "b", 0),
                1,
                MaskState.SEARCHING,
                PATTERN,
                draft(1, ones()).layers());

        assertThat(MaskPublication.after(first, reborn, MaskWorld.MAX_VALUE_BYTES)
                        .records())
                .extracting(MaskRecord::key)
                .containsExactly("manifest");
    }

    @Test
    void versionsGrow() {
        MaskManifest first = MaskPublication.first(draft(2, ones())).manifest();

        assertThatThrownBy(() -> MaskPublication.after(first, draft(2, ones())))
                .hasMessage("version: expected more than 2, found 2");
    }

    @Test
    void keysThatNobodyNamesAreRetired() {
        MaskManifest first = MaskPublication.first(draft(1, ones()), MaskWorld.MAX_VALUE_BYTES)
                .manifest();

        assertThat(MaskPublication.after(first, draft(2, ones())).retiredKeys()).containsExactly("w#1");
    }

    @Test
    void aRealChunkStaysBelowItsLimit() {
        for (int m : new int[] {2, 3, 4, 5, 7, 16}) {
            GroupedLayout layout = new GroupedLayout(List.of(1100L, 10_080L), m);
            byte[] bits = new byte[(int) LayerBits.bytesFor(layout.elements())];
            Arrays.fill(bits, (byte) 0xff);
            MaskPublication publication = MaskPublication.first(new MaskDraft(
                    new Origin("digits", "a", 0),
                    1,
                    MaskState.SEARCHING,
                    new Pattern(1, m),
                    List.of(layerOf(layout, bits))));

            List<MaskRecord> chunks =
                    publication.records().subList(0, publication.records().size() - 1);
            assertThat(chunks)
                    .hasSize(2)
                    .allSatisfy(chunk -> assertThat(chunk.value()).hasSizeLessThan(900 * 1024 + 1));
            assertThat(chunks.getFirst().value()).hasSizeGreaterThan(900 * 1024 - 256);
        }
    }

    private static LayerBits layerOf(GroupedLayout layout, byte[] bits) {
        int used = (int) (layout.elements() % 8);
        if (used != 0) {
            bits[bits.length - 1] = (byte) ((1 << used) - 1);
        }
        return new LayerBits("w", layout, bits);
    }

    private static byte[] ones() {
        byte[] bits = new byte[16];
        Arrays.fill(bits, (byte) 0xff);
        return bits;
    }

    private static MaskDraft draft(long version, byte[] bits) {
        return new MaskDraft(
                new Origin("digits", "a", version),
                version,
                MaskState.SEARCHING,
                PATTERN,
                List.of(new LayerBits("w", TWO_CHUNKS, bits)));
    }
}
