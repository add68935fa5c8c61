package dev.finecomb.checkpoint;

/**
 * The checkpoint that Kafka names does not lie there as it was written. Nothing may be trained from it: either the process
 * stops with this message, or an older checkpoint is taken together with <em>its</em> offsets.
 */
public final class CorruptCheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String expected;
    private final String found;

    CorruptCheckpointException(String file, String expected, String found) {
        super("Checkpoint file " + file + " is not the one that was committed: expected " + expected + ", found "
                + found);
        this.file = file;
        this.expected = expected;
        this.found = found;
    }

    /** Where the file lies that is wrong or missing. */
    public String file() {
        return file;
    }

    /** What was committed, for example {@code sha256:...} or a size. */
    public String expected() {
        return expected;
    }

    /** What lies there instead. */
    public String found() {
        return found;
    }
}
