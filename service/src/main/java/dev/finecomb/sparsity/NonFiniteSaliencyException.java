package dev.finecomb.sparsity;

/** A removal met a NaN or infinite saliency or weight: nothing was removed, and the training state can't be trusted any more. */
public final class NonFiniteSaliencyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NonFiniteSaliencyException(String message) {
        super(message);
    }
}
