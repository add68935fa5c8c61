package dev.finecomb.ingest;

/**
 * Something is configured or was lost in a way that no restart mends: the process ends with exit code 78, and the message
 * tells a person what was found, where, and the remedy.
 */
public class OperatorNeededException extends Exception {
    private static final long serialVersionUID = 1L;

    public OperatorNeededException(String message) {
        super(message);
    }

    public OperatorNeededException(String message, Throwable cause) {
        super(message, cause);
    }
}
