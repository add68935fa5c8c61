package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes snapshots of the masks topic's records; pure, no Kafka, no clock, never throws at a record.
 *
 * <p>The rule: chunks are held by digest; a manifest is applied only when every chunk it names is held with exactly that
 * digest; a manifest that is still incomplete when a newer one comes is skipped. Offsets are never counted, so transaction
 * markers, compaction and repeats don't matter. Records may even come out of order: whatever comes, no snapshot is handed
 * out that was not published exactly so, and versions of an incarnation only grow.
 */
public final class MaskAssembler {
    /** How the newest manifest stands. */
    public sealed interface Standing {}

    /** No manifest has come yet. */
    public record Nothing() implements Standing {}

    /** The newest manifest was applied. */
    public record Complete(MaskSnapshot snapshot) implements Standing {}

    /** The newest manifest lacks these chunks. */
    public record Incomplete(MaskManifest manifest, List<String> missingKeys) implements Standing {}

    /** The newest manifest's record, or a chunk that it names, is not what it should be. */
    public record Corrupt(MalformedMessageException complaint) implements Standing {}

    private final String job;
    private final ChunkShelf shelf = new ChunkShelf();
    private final Set<String> pastIncarnations = new HashSet<>();
    private @Nullable MaskSnapshot applied;
    private @Nullable MaskManifest awaited; // newer than applied
    private @Nullable MalformedMessageException corrupt; // newer than both

    /** Assembles the masks of this job; manifests of others are corrupt. */
    public MaskAssembler(String job) {
        this.job = job;
    }

    /** Takes the next record and returns the snapshot that it completes, if it does. */
    public Optional<MaskSnapshot> accept(String key, byte[] value) {
        if (key.equals(MaskManifest.KEY)) {
            acceptManifest(value);
        } else {
            shelf.put(key, Sha256.hex(value), value);
        }
        MaskManifest manifest = awaited;
        if (manifest == null || !shelf.missing(manifest).isEmpty()) {
            return Optional.empty();
        }
        awaited = null;
        return apply(manifest);
    }

    /** How the newest manifest stands after all records so far. */
    public Standing standing() {
        if (corrupt != null) {
            return new Corrupt(corrupt);
        }
        if (awaited != null) {
            return new Incomplete(awaited, shelf.missing(awaited));
        }
        return applied == null ? new Nothing() : new Complete(applied);
    }

    private void acceptManifest(byte[] value) {
        try {
            MaskManifest manifest = MaskManifest.decode(value);
            if (!manifest.origin().job().equals(job)) {
                throw new MalformedMessageException(
                        "job", job, manifest.origin().job());
            }
            if (isNews(manifest)) {
                awaited = manifest;
                corrupt = null;
            }
        } catch (MalformedMessageException malformed) {
            corrupt = malformed;
        }
    }

    private boolean isNews(MaskManifest manifest) {
        MaskManifest newest = awaited != null ? awaited : applied != null ? applied.manifest() : null;
        if (newest == null) {
            return true;
        }
        if (manifest.origin().incarnation().equals(newest.origin().incarnation())) {
            return manifest.succeeds(newest);
        }
        if (pastIncarnations.contains(manifest.origin().incarnation())) {
            return false;
        }
        pastIncarnations.add(newest.origin().incarnation());
        return true;
    }

    private Optional<MaskSnapshot> apply(MaskManifest manifest) {
        try {
            MaskSnapshot snapshot = assemble(manifest);
            applied = snapshot;
            shelf.claim(manifest);
            return Optional.of(snapshot);
        } catch (MalformedMessageException malformed) {
            corrupt = malformed;
            return Optional.empty();
        }
    }

    private MaskSnapshot assemble(MaskManifest manifest) throws MalformedMessageException {
        List<MaskLayer> layers = new ArrayList<>();
        for (ManifestLayer entry : manifest.layers()) {
            byte[] bits = shelf.bits(entry);
            try {
                LayerBits layer = new LayerBits(entry.parameter(), entry.layout(), bits);
                MaskDraft.check(layer, manifest.state(), manifest.pattern());
                if (layer.kept() != entry.kept()) {
                    throw new InvalidValueException("kept", Long.toString(entry.kept()), Long.toString(layer.kept()));
                }
                layers.add(new MaskLayer(layer));
            } catch (InvalidValueException refused) {
                throw MalformedMessageException.at(entry.parameter() + ": ", refused);
            }
        }
        return new MaskSnapshot(manifest, layers);
    }
}
