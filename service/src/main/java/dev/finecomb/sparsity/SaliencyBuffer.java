package dev.finecomb.sparsity;

/** What a {@link Saliency} keeps per weight. */
public enum SaliencyBuffer {
    /** a, what removals rank by. */
    ACCUMULATOR("saliency"),
    /** b, only kept with a momentum. */
    MOMENTUM("saliency-momentum");

    private final String stateName;

    SaliencyBuffer(String stateName) {
        this.stateName = stateName;
    }

    /** The stable name under which checkpoints store this buffer. */
    public String stateName() {
        return stateName;
    }
}
