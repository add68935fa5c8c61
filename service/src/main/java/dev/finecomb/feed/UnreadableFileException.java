package dev.finecomb.feed;

import java.nio.file.Path;

/** A file of samples can't be read as one. The message says which file, where in it, what was expected and what was found. */
public final class UnreadableFileException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableFileException(Path file, String complaint) {
        super(file + ": " + complaint);
    }

    UnreadableFileException(Path file, String complaint, Throwable cause) {
        super(file + ": " + complaint, cause);
    }
}
