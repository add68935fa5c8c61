package dev.finecomb.protocol.tensor;

/** The bytes are not a well-formed safetensors value; the message is one line that says what, where and the remedy. */
public final class MalformedTensorsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final TensorFault reason;

    public MalformedTensorsException(TensorFault reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    public MalformedTensorsException(TensorFault reason, String detail, Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    public TensorFault reason() {
        return reason;
    }

    /** The one line, without the name of the reason. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
