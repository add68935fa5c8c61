package dev.finecomb.storage;

import java.io.IOException;

/** The store is away, too busy, or refuses; the message names the object and, where there is one, the remedy. */
public final class ObjectStorageException extends IOException {
    private static final long serialVersionUID = 1L;

    ObjectStorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
