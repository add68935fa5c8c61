package dev.finecomb.protocol.batch;

/** Carries a refusal from the depth of a reader to the decoder, which turns it into a value; it never leaves this package. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final RejectReason reason;
    private final String detail;

    RefusedException(RejectReason reason, String detail) {
        super(detail, null, false, false); // control flow: a stack trace would cost more than the record
        this.reason = reason;
        this.detail = detail;
    }

    Decoded.Refused refusal() {
        return new Decoded.Refused(reason, detail);
    }
}
