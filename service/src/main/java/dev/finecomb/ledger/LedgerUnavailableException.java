package dev.finecomb.ledger;

/** The broker did not answer, or not in time: to ask again later may succeed. */
public final class LedgerUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
