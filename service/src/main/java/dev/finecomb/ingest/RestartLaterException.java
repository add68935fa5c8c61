package dev.finecomb.ingest;

/**
 * This process must not go on, but the next one may succeed with nothing changed: it ends with exit code 75, and whoever
 * supervises it starts it again after a while.
 */
public class RestartLaterException extends Exception {
    private static final long serialVersionUID = 1L;

    public RestartLaterException(String message) {
        super(message);
    }

    public RestartLaterException(String message, Throwable cause) {
        super(message, cause);
    }
}
