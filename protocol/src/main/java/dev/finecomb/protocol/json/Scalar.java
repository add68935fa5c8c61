package dev.finecomb.protocol.json;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Require;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One value of an open list of named details: a text, a number or a truth value. */
public sealed interface Scalar {
    /** A text of at most {@value #MAX_TEXT} characters; {@link #of(String)} shortens a longer one. */
    record Text(String value) implements Scalar {
        /** Refuses too long texts and halves of surrogate pairs, which UTF-8 can't say. */
        public Text {
            if (value.length() > MAX_TEXT) {
                throw new InvalidValueException("text", "at most " + MAX_TEXT + " characters", Require.quote(value));
            }
            if (value.codePoints().anyMatch(Scalar::isHalfPair)) {
                throw new InvalidValueException("text", "whole surrogate pairs", Require.quote(value));
            }
        }
    }

    /** A whole number. */
    record Whole(long value) implements Scalar {}

    /** A finite number. */
    record Real(double value) implements Scalar {
        /** Refuses infinities and NaN. */
        public Real {
            Require.finite("number", value);
        }
    }

    /** A truth value. */
    record Flag(boolean value) implements Scalar {}

    /** Longest text. */
    int MAX_TEXT = 2000;

    /** Longest name of a scalar. */
    int MAX_NAME = 100;

    /** The text as a scalar; what UTF-8 can't say becomes a question mark, and a long text is cut. */
    static Scalar of(String value) {
        StringBuilder text = new StringBuilder();
        for (int codePoint : value.codePoints().toArray()) {
            int sayable = isHalfPair(codePoint) ? '?' : codePoint;
            if (text.length() + Character.charCount(sayable) > MAX_TEXT) {
                break;
            }
            text.appendCodePoint(sayable);
        }
        return new Text(text.toString());
    }

    /** The whole number as a scalar. */
    static Scalar of(long value) {
        return new Whole(value);
    }

    /** The number as a scalar. */
    static Scalar of(double value) {
        return new Real(value);
    }

    /** The truth value as a scalar. */
    static Scalar of(boolean value) {
        return new Flag(value);
    }

    /** Writes the scalar as a field. */
    default void writeTo(JsonWriter out, String name) {
        switch (this) {
            case Text text -> out.text(name, text.value());
            case Whole whole -> out.whole(name, whole.value());
            case Real real -> out.real(name, real.value());
            case Flag flag -> out.flag(name, flag.value());
        }
    }

    private static boolean isHalfPair(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** An unmodifiable copy, sorted by name, so that equal maps are equal bytes. */
    static SortedMap<String, Scalar> sorted(Map<String, Scalar> scalars) {
        SortedMap<String, Scalar> sorted = new TreeMap<>(scalars);
        sorted.keySet().forEach(name -> Require.text("name", name, MAX_NAME));
        return Collections.unmodifiableSortedMap(sorted);
    }
}
