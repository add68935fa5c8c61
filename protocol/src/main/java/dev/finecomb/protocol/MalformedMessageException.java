package dev.finecomb.protocol;

/** A received value that is not the message it should be: which field, what was expected there, what was found. */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_QUOTED = 120;

    private final String field;
    private final String expected;
    private final String found;

    /** {@code field} is a path such as {@code layers[2].chunks[0].sha256}, or {@code (value)} for the whole. */
    public MalformedMessageException(String field, String expected, String found) {
        super(field + ": expected " + expected + ", found " + shorten(found));
        this.field = field;
        this.expected = expected;
        this.found = shorten(found);
    }

    /** The same complaint about a value met below {@code path}, which may be empty. */
    public static MalformedMessageException at(String path, InvalidValueException refused) {
        MalformedMessageException malformed =
                new MalformedMessageException(path + refused.field(), refused.expected(), refused.found());
        malformed.initCause(refused);
        return malformed;
    }

    /** Path of the refused field. */
    public String field() {
        return field;
    }

    /** What would have been accepted, in words. */
    public String expected() {
        return expected;
    }

    /** What was there, shortened if it is long. */
    public String found() {
        return found;
    }

    /** Messages reach logs and event records: a hostile value must not fill them. */
    static String shorten(String found) {
        return found.length() <= MAX_QUOTED ? found : found.substring(0, MAX_QUOTED) + "...";
    }
}
