package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Require;
import java.util.regex.Matcher;

/**
 * N:M, of every group of M consecutive weights along the input-channel axis exactly N stay.
 *
 * @param n weights that stay in a group
 * @param m weights in a group, at most {@value #MAX_GROUP}
 */
public record Pattern(int n, int m) {
    /** Largest group. */
    public static final int MAX_GROUP = 16;

    private static final java.util.regex.Pattern FORM = java.util.regex.Pattern.compile("([1-9][0-9]?):([1-9][0-9]?)");

    /** Refuses impossible patterns with an {@link InvalidValueException} that names the remedy. */
    public Pattern {
        if (!(0 < n && n < m && m <= MAX_GROUP)) {
            throw refused(n + ":" + m);
        }
    }

    /** Reads {@code "2:4"}. */
    public static Pattern parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw refused(Require.quote(text));
        }
        return new Pattern(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** {@code N:M}. */
    @Override
    public String toString() {
        return n + ":" + m;
    }

    private static InvalidValueException refused(String found) {
        return new InvalidValueException("pattern", "N:M with 0 < N < M <= " + MAX_GROUP + ", for example 2:4", found);
    }
}
