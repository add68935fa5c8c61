package dev.finecomb.protocol;

/**
 * A value that its type refuses, told in three parts: which field, what was expected there, what was found.
 *
 * <p>Constructors throw it, so that a message that exists is a valid one; decoders turn it into a
 * {@link MalformedMessageException}, because bytes from outside are no programming error.
 */
public final class InvalidValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String expected;
    private final String found;

    /** All three parts are phrases for a reader: a field name, a description, a quotation. */
    public InvalidValueException(String field, String expected, String found) {
        super(field + ": expected " + expected + ", found " + MalformedMessageException.shorten(found));
        this.field = field;
        this.expected = expected;
        this.found = MalformedMessageException.shorten(found);
    }

    /** Name of the refused field. */
    public String field() {
        return field;
    }

    /** What would have been accepted, in words. */
    public String expected() {
        return expected;
    }

    /** What was given, shortened if it is long. */
    public String found() {
        return found;
    }
}
