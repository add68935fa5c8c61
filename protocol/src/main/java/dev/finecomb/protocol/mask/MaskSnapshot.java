package dev.finecomb.protocol.mask;

import java.util.List;
import java.util.Optional;

/** All masks of a job at one step, complete and verified against the manifest's digests. Immutable. */
public final class MaskSnapshot {
    private final MaskManifest manifest;
    private final List<MaskLayer> layers;

    MaskSnapshot(MaskManifest manifest, List<MaskLayer> layers) {
        this.manifest = manifest;
        this.layers = List.copyOf(layers);
    }

    /** Job, incarnation, step, version, state, pattern. */
    public MaskManifest manifest() {
        return manifest;
    }

    /** Number of the snapshot in its incarnation. */
    public long version() {
        return manifest.version();
    }

    /** The step whose masks these are. */
    public long step() {
        return manifest.origin().step();
    }

    /** Searching or final. */
    public MaskState state() {
        return manifest.state();
    }

    /** Every sparse layer, in the model's order. */
    public List<MaskLayer> layers() {
        return layers;
    }

    /** The layer of this parameter. */
    public Optional<MaskLayer> layer(String parameter) {
        return layers.stream()
                .filter(layer -> layer.parameter().equals(parameter))
                .findFirst();
    }
}
