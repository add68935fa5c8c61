package dev.finecomb.protocol.mask;

/** The topic holds no complete snapshot where one must be: reading on won't mend it, publishing the masks anew will. */
public final class MaskUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    MaskUnavailableException(String message) {
        super(message);
    }
}
