package dev.finecomb.storage;

import java.io.IOException;

/** The store answers, but lacks what nothing can be safe without; no restart mends that. */
public final class UnfitStorageException extends IOException {
    private static final long serialVersionUID = 1L;

    UnfitStorageException(String message) {
        super(message);
    }
}
