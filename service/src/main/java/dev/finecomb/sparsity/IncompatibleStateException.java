package dev.finecomb.sparsity;

/** A stored state doesn't fit the model, pattern or variant it is loaded into; the checkpoint must not be used with this configuration. */
public final class IncompatibleStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IncompatibleStateException(String message) {
        super(message);
    }
}
