package dev.finecomb.sparsity;

import java.util.List;

/** An include or exclude glob names no parameter of the model: the configuration must be corrected. */
public final class UnmatchedGlobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String glob;

    UnmatchedGlobException(String glob, List<String> available) {
        super("the glob '" + glob + "' matches no parameter of the model; it has " + String.join(", ", available));
        this.glob = glob;
    }

    public String glob() {
        return glob;
    }
}
