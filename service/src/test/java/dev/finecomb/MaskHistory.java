package dev.finecomb;

import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.MaskAssembler;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskRecord;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Snapshots of a 2:4 job as it would publish them: a linear and a convolution layer, from dense to the final masks. */
public final class MaskHistory {
    private static final Pattern PATTERN = new Pattern(2, 4);
    private static final List<GroupedLayout> LAYOUTS =
            List.of(new GroupedLayout(List.of(3L, 8L), 4), new GroupedLayout(List.of(2L, 4L, 3L, 3L), 4));

    private final String job;
    private final List<MaskPublication> publications = new ArrayList<>();

    /** So many versions, the last one final; version v is of step 10 v. */
    public MaskHistory(String job, int versions) {
        this.job = job;
        for (int version = 1; version <= versions; version++) {
            boolean last = version == versions;
            MaskDraft draft = new MaskDraft(
                    new Origin(job, "i1", 10L * version),
                    version,
                    last ? MaskState.FINAL : MaskState.SEARCHING,
                    PATTERN,
                    layers(version, last));
            publications.add(
                    publications.isEmpty()
                            ? MaskPublication.first(draft)
                            : MaskPublication.after(publications.getLast().manifest(), draft));
        }
    }

    /** What the first so many versions wrote, in order. */
    public List<MaskRecord> records(int versions) {
        return publications.stream()
                .limit(versions)
                .flatMap(publication -> publication.records().stream())
                .toList();
    }

    /** One version, assembled from the records. */
    public MaskSnapshot snapshot(int version) {
        var assembler = new MaskAssembler(job);
        Optional<MaskSnapshot> newest = Optional.empty();
        for (MaskRecord found : records(version)) {
            Optional<MaskSnapshot> completed = assembler.accept(found.key(), found.value());
            newest = completed.isPresent() ? completed : newest;
        }
        return newest.orElseThrow();
    }

    private static List<LayerBits> layers(int version, boolean last) {
        return List.of(
                new LayerBits("fc.weight", LAYOUTS.get(0), bits(LAYOUTS.get(0), version, last)),
                new LayerBits("conv.weight", LAYOUTS.get(1), bits(LAYOUTS.get(1), version, last)));
    }

    /** Of each group all weights at first, then three, and at last two, at places that differ from group to group. */
    private static byte[] bits(GroupedLayout layout, int version, boolean last) {
        byte[] bits = new byte[(int) Math.ceilDiv(layout.elements(), 8L)];
        for (int group = 0; group < layout.groups(); group++) {
            int gone = group % 4;
            int kept = version == 1 && !last ? 0b1111 : 0b1111 & ~(1 << gone);
            if (last) {
                kept &= ~(1 << (gone + 1) % 4);
            }
            bits[group / 2] |= (byte) (kept << (group % 2 * 4));
        }
        return bits;
    }
}
