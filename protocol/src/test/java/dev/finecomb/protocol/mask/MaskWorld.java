package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A seeded history of mask snapshots, nested as a search makes them, and the records that publish it. */
final class MaskWorld {
    static final String JOB = "digits";

    /** Small, so that layers take several chunks: 16 groups of 4. */
    static final int MAX_VALUE_BYTES = ChunkCodec.HEADER_BYTES + 8;

    final List<MaskDraft> drafts = new ArrayList<>();
    final List<MaskPublication> publications = new ArrayList<>();
    private final Random random;
    private final Pattern pattern;
    private final List<GroupedLayout> layouts;

    MaskWorld(long seed, int versions) {
        this(new Random(seed), versions, "incarnation-" + seed);
    }

    private MaskWorld(Random random, int versions, String incarnation) {
        this.random = random;
        this.pattern = new Pattern(2, 4);
        this.layouts = List.of(
                new GroupedLayout(List.of(1L + random.nextInt(5), 8L), 4),
                new GroupedLayout(List.of(1L + random.nextInt(3), 4L, 3L, 3L), 4));
        for (int version = 1; version <= versions; version++) {
            add(incarnation, version, version == versions ? MaskState.FINAL : MaskState.SEARCHING);
        }
    }

    /** All records in the order in which they were published. */
    List<MaskRecord> records() {
        return publications.stream()
                .flatMap(publication -> publication.records().stream())
                .toList();
    }

    /** Whether the snapshot is, bit for bit, what was published under its version. */
    boolean published(MaskSnapshot snapshot) {
        MaskDraft draft = drafts.get((int) snapshot.version() - 1);
        if (!snapshot.manifest()
                .equals(publications.get((int) snapshot.version() - 1).manifest())) {
            return false;
        }
        for (int layer = 0; layer < draft.layers().size(); layer++) {
            ByteBuffer expected = draft.layers().get(layer).bits();
            if (!expected.equals(snapshot.layers().get(layer).bits().bits())) {
                return false;
            }
        }
        return snapshot.layers().size() == draft.layers().size();
    }

    private void add(String incarnation, int version, MaskState state) {
        List<LayerBits> layers = new ArrayList<>();
        for (int layer = 0; layer < layouts.size(); layer++) {
            layers.add(new LayerBits("layer" + layer + ".weight", layouts.get(layer), bits(layer, state)));
        }
        MaskDraft draft = new MaskDraft(new Origin(JOB, incarnation, 10L * version), version, state, pattern, layers);
        Optional<MaskManifest> previous = publications.isEmpty()
                ? Optional.empty()
                : Optional.of(publications.getLast().manifest());
        drafts.add(draft);
        publications.add(previous.map(manifest -> MaskPublication.after(manifest, draft, MAX_VALUE_BYTES))
                .orElseGet(() -> MaskPublication.first(draft, MAX_VALUE_BYTES)));
    }

    /** All ones at first; then some of the previous version's groups lose weights, at the end all but two each. */
    private byte[] bits(int layer, MaskState state) {
        GroupedLayout layout = layouts.get(layer);
        int weights = (int) layout.elements();
        byte[] bits = new byte[(weights + 7) / 8];
        for (int group = 0; group < weights / 4; group++) {
            int mask = drafts.isEmpty()
                    ? 15
                    : nibble(drafts.getLast().layers().get(layer).bits(), group);
            while (Integer.bitCount(mask) > 2 && (state == MaskState.FINAL || random.nextInt(6) == 0)) {
                mask &= ~(1 << random.nextInt(4));
            }
            bits[group / 2] |= (byte) (mask << (group % 2 * 4));
        }
        return bits;
    }

    private static int nibble(ByteBuffer bits, int group) {
        return bits.get(group / 2) >>> (group % 2 * 4) & 15;
    }
}
