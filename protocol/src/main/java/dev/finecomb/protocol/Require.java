package dev.finecomb.protocol;

import java.util.regex.Pattern;

/** The checks that messages share; each returns the value it accepts and throws {@link InvalidValueException} else. */
public final class Require {
    /** Longest job name. With the longest incarnation it keeps a checkpoint pointer below 200 characters. */
    public static final int MAX_JOB_LENGTH = 50;

    /** Longest incarnation: as long as a UUID. */
    public static final int MAX_INCARNATION_LENGTH = 36;

    private static final Pattern JOB = Pattern.compile("[A-Za-z0-9_-]{1," + MAX_JOB_LENGTH + "}");
    private static final Pattern INCARNATION = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_INCARNATION_LENGTH + "}");

    private Require() {}

    /** A job name: Kafka's legal characters without the dot, which separates the parts of a topic's name. */
    public static String job(String field, String value) {
        if (!JOB.matcher(value).matches()) {
            throw new InvalidValueException(
                    field, "1 to " + MAX_JOB_LENGTH + " characters of A-Z a-z 0-9 _ -", quote(value));
        }
        return value;
    }

    /** An incarnation's identifier. */
    public static String incarnation(String field, String value) {
        if (!INCARNATION.matcher(value).matches()) {
            throw new InvalidValueException(
                    field, "1 to " + MAX_INCARNATION_LENGTH + " characters of A-Z a-z 0-9 . _ -", quote(value));
        }
        return value;
    }

    /** Text of 1 to {@code maxLength} characters without control characters or halves of a surrogate pair. */
    public static String text(String field, String value, int maxLength) {
        if (value.isEmpty() || value.length() > maxLength) {
            throw new InvalidValueException(field, "1 to " + maxLength + " characters", quote(value));
        }
        if (value.codePoints().anyMatch(Require::unprintable)) {
            throw new InvalidValueException(field, "text without control characters", quote(value));
        }
        return value;
    }

    /** A whole number of at least {@code minimum}. */
    public static long atLeast(String field, long value, long minimum) {
        if (value < minimum) {
            throw new InvalidValueException(field, "a whole number of at least " + minimum, Long.toString(value));
        }
        return value;
    }

    /** A finite number: neither infinite nor NaN, which JSON can't say. */
    public static double finite(String field, double value) {
        if (!Double.isFinite(value)) {
            throw new InvalidValueException(field, "a finite number", Double.toString(value));
        }
        return value;
    }

    /** A finite number from 0 to 1. */
    public static double fraction(String field, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new InvalidValueException(field, "a number from 0 to 1", Double.toString(value));
        }
        return value;
    }

    /** A SHA-256 digest as 64 lower-case hexadecimal digits. */
    public static String sha256(String field, String value) {
        if (!Sha256.isHex(value)) {
            throw new InvalidValueException(
                    field, "a SHA-256 digest of 64 lower-case hexadecimal digits", quote(value));
        }
        return value;
    }

    /** The text in quotation marks, as error messages show it. */
    public static String quote(String value) {
        return '"' + value + '"';
    }

    private static boolean unprintable(int codePoint) {
        return Character.getType(codePoint) == Character.CONTROL || Character.getType(codePoint) == Character.SURROGATE;
    }
}
