package dev.finecomb.ledger;

/** The broker refuses, or the client's properties are impossible: somebody has to change rights or properties. */
public final class LedgerAccessException extends Exception {
    private static final long serialVersionUID = 1L;

    LedgerAccessException(String message, Throwable cause) {
        super(message, cause);
    }
}
