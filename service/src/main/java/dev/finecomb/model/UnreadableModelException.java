package dev.finecomb.model;

import java.nio.file.Path;

/**
 * The model file can't serve this job: it is missing, damaged, or not a TorchScript module that can be trained.
 *
 * <p>Reaction: don't start; the message says where, what, and the remedy.
 */
public final class UnreadableModelException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The remedy for every file that is damaged rather than of the wrong kind. */
    static final String SAVE_AGAIN = "save it again with torch.jit.save and copy it completely";

    /** The failure at {@code where} (a file, or a file and the place in it). */
    public UnreadableModelException(String where, String what, String remedy) {
        super("model " + where + ": " + what + "; " + remedy);
    }

    /** The same with the failure that was found underneath. */
    public UnreadableModelException(String where, String what, String remedy, Throwable cause) {
        super("model " + where + ": " + what + "; " + remedy, cause);
    }

    /** A damaged entry of the archive. */
    static UnreadableModelException damaged(Path file, String entry, String what) {
        return new UnreadableModelException(file + ", entry " + entry, what, SAVE_AGAIN);
    }
}
