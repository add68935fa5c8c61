package dev.finecomb.protocol.tensor;

/** Foreign text made safe for a one-line message: bounded, printable ASCII only. */
public final class Quoted {
    private static final int MAX_NAME = 64;
    private static final int MAX_LINE = 240;

    private Quoted() {}

    /** A name from outside in single quotes, at most 64 characters of it. */
    public static String name(String name) {
        return "'" + printable(name, MAX_NAME) + "'";
    }

    /** A message from elsewhere, at most 240 characters of it. */
    public static String line(String text) {
        return printable(text, MAX_LINE);
    }

    private static String printable(String text, int limit) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), limit) + 3);
        text.chars().limit(limit).forEach(c -> out.append(c >= ' ' && c <= '~' ? (char) c : '?'));
        return text.length() > limit ? out.append("...").toString() : out.toString();
    }
}
