package dev.finecomb.ledger;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.MaskAssembler;
import dev.finecomb.protocol.mask.MaskLayer;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.mask.MaskState;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The mask snapshots: each complete and as digested, versions rising, steps never going back, what is removed stays removed,
 * and a final mask keeps exactly N of M.
 *
 * <p>A chunk that an older manifest names may be gone because a later record has its key: then compaction took it, and the
 * manifest counts as superseded, not as broken.
 */
final class MaskCheck {
    private static final String NAME = "masks";

    private final MaskAssembler assembler;
    private final Violations violations = new Violations();
    private final Map<String, Set<String>> incomplete = new LinkedHashMap<>(); // manifest -> keys it lacks
    private Optional<MaskManifest> newest = Optional.empty();
    private Optional<MaskSnapshot> complete = Optional.empty();
    private long manifests;

    MaskCheck(String job) {
        this.assembler = new MaskAssembler(job);
    }

    void accept(LedgerRecord record) {
        if (record.value().isEmpty()) {
            return;
        }
        byte[] value = record.value().get();
        Optional<MaskSnapshot> snapshot = assembler.accept(record.keyText(), value);
        if (record.hasKey(MaskManifest.KEY)) {
            acceptManifest(record, value);
        } else {
            incomplete.values().forEach(missing -> missing.remove(record.keyText()));
        }
        snapshot.ifPresent(whole -> acceptSnapshot(record, whole));
    }

    private void acceptManifest(LedgerRecord record, byte[] value) {
        manifests++;
        try {
            MaskManifest manifest = MaskManifest.decode(value);
            newest.ifPresent(before -> requireSuccession(record, before, manifest));
            newest = Optional.of(manifest);
        } catch (MalformedMessageException malformed) {
            violations.add(record.where() + " is no mask manifest: " + malformed.getMessage());
            return;
        }
        switch (assembler.standing()) {
            case MaskAssembler.Corrupt(MalformedMessageException complaint) ->
                violations.add(record.where() + " is corrupt: " + complaint.getMessage());
            case MaskAssembler.Incomplete(MaskManifest manifest, var missing) ->
                incomplete.put(record.where() + ", version " + manifest.version() + ",", new HashSet<>(missing));
            case MaskAssembler.Complete _, MaskAssembler.Nothing _ -> {}
        }
    }

    private void requireSuccession(LedgerRecord record, MaskManifest before, MaskManifest manifest) {
        if (!before.origin().incarnation().equals(manifest.origin().incarnation())) {
            return;
        }
        if (manifest.version() <= before.version()) {
            violations.add(record.where() + " has version " + manifest.version() + " after " + before.version());
        }
        if (manifest.origin().step() < before.origin().step()) {
            violations.add(record.where() + " is of step " + manifest.origin().step() + " after step "
                    + before.origin().step());
        }
        if (before.state() == MaskState.FINAL && manifest.state() != MaskState.FINAL) {
            violations.add(record.where() + " searches again after a final mask");
        }
    }

    private void acceptSnapshot(LedgerRecord record, MaskSnapshot snapshot) {
        complete.filter(before -> before.manifest()
                        .origin()
                        .incarnation()
                        .equals(snapshot.manifest().origin().incarnation()))
                .ifPresent(before -> requireNested(record, before, snapshot));
        complete = Optional.of(snapshot);
        if (snapshot.state() == MaskState.FINAL) {
            requireExact(record, snapshot);
        }
    }

    private void requireNested(LedgerRecord record, MaskSnapshot before, MaskSnapshot snapshot) {
        for (MaskLayer layer : snapshot.layers()) {
            Optional<MaskLayer> earlier = before.layer(layer.parameter());
            if (earlier.isEmpty() || !earlier.get().layout().equals(layer.layout())) {
                violations.add(record.where() + " has layer " + layer.parameter() + " of " + layer.layout()
                        + ", which the snapshot before has not");
                continue;
            }
            long returned = returned(earlier.get().bits(), layer.bits());
            if (returned > 0) {
                violations.add(record.where() + " keeps " + returned + " weights of " + layer.parameter()
                        + " that version " + before.version() + " had removed");
            }
        }
    }

    private static long returned(LayerBits earlier, LayerBits later) {
        ByteBuffer before = earlier.bits();
        ByteBuffer after = later.bits();
        long returned = 0;
        while (after.hasRemaining()) {
            returned += Integer.bitCount(after.get() & ~before.get() & 0xff);
        }
        return returned;
    }

    private void requireExact(LedgerRecord record, MaskSnapshot snapshot) {
        int n = snapshot.manifest().pattern().n();
        for (MaskLayer layer : snapshot.layers()) {
            long others = layer.layout().groups() - layer.bits().groupsKeeping(n);
            if (others > 0) {
                violations.add(record.where() + " is final, but " + others + " groups of " + layer.parameter()
                        + " keep another number than " + n);
            }
        }
    }

    Finding finding() {
        if (manifests == 0) {
            return Finding.skipped(NAME, "there is no mask manifest");
        }
        incomplete.forEach((where, missing) -> {
            if (!missing.isEmpty()) {
                violations.add(where + " lacks the chunks " + missing);
            }
        });
        switch (assembler.standing()) {
            case MaskAssembler.Incomplete(MaskManifest manifest, var missing) ->
                violations.add(
                        "the newest snapshot, version " + manifest.version() + ", lacks " + missing.size() + " chunks");
            case MaskAssembler.Corrupt(MalformedMessageException complaint) ->
                violations.add("the newest snapshot is corrupt: " + complaint.getMessage());
            case MaskAssembler.Complete _, MaskAssembler.Nothing _ -> {}
        }
        String state = newest.map(manifest -> ", the newest of version " + manifest.version() + " and step "
                        + manifest.origin().step() + ", " + manifest.state().wireName())
                .orElse("");
        return violations.finding(NAME, manifests + " snapshots" + state);
    }
}
