package dev.finecomb.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The store lacks what nothing can be safe without, or is described so that it can't be spoken to; no restart mends that. */
public final class UnfitStorageException extends IOException {
    private static final long serialVersionUID = 1L;

    UnfitStorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
