package dev.finecomb.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Damage to a value, drawn from a seed: flipped bits, foreign bytes, cuts, splices of two values, and what hurts readers of
 * text and of lengths: extreme numbers, deep nesting, doubled keys, broken UTF-8, texts without end.
 */
public final class Mutator {
    private static final List<byte[]> NUMBERS = bytes(
            "0",
            "-0",
            "-1",
            "1.5",
            "1e999",
            "-1e-999",
            "1e99999999999",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "-9223372036854775808",
            "3.4028236e38",
            "NaN",
            "Infinity",
            "00",
            "1e",
            "0x1",
            "9".repeat(400),
            "0." + "3".repeat(70));
    private static final List<byte[]> TOKENS = bytes(
            "{",
            "}",
            "[",
            "]",
            "[[]]",
            "{}",
            "[{}]",
            "\"",
            "\"\"",
            ",",
            ":",
            " ",
            "null",
            "true",
            "[0]",
            "{\"a\":1}",
            "\\u0000",
            "\\ud800",
            "\\udc00",
            "\"\\uDBFF\"",
            "\u20ac",
            "\ud83d\udc0d",
            "/*c*/",
            "\n",
            "#0",
            ";",
            "=");
    /** Overlong, lone continuation, surrogate, beyond U+10FFFF, cut short. */
    private static final List<byte[]> NOT_UTF8 = List.of(
            new byte[] {(byte) 0xc0, (byte) 0x80},
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            new byte[] {(byte) 0xe2, (byte) 0x82},
            new byte[] {(byte) 0xff, (byte) 0xfe});

    private static final long[] LENGTHS = {
        0,
        1,
        2,
        7,
        8,
        255,
        1 << 20,
        Integer.MAX_VALUE,
        1L << 31,
        1L << 32,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 7,
        -1,
        Long.MIN_VALUE
    };
    private static final int LONGEST_TEXT = 1 << 14;

    private final SplittableRandom random;
    private final List<byte[]> tokens;

    /** @param words texts that mean something to the reader under test */
    public Mutator(SplittableRandom random, List<byte[]> words) {
        this.random = random;
        this.tokens = Stream.concat(TOKENS.stream(), words.stream()).toList();
    }

    /** The texts as UTF-8. */
    public static List<byte[]> bytes(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
    }

    /** One of the values, hurt one to four times, in half of the cases once. */
    public byte[] mutate(List<byte[]> corpus) {
        return mutate(pick(corpus), corpus);
    }

    /** The value, hurt one to four times, in half of the cases once; {@code corpus} gives the other halves of splices. */
    public byte[] mutate(byte[] value, List<byte[]> corpus) {
        byte[] hurt = value;
        for (int wounds = random.nextBoolean() ? 1 : 1 + random.nextInt(4); wounds > 0; wounds--) {
            hurt = hurt.length == 0 ? pick(tokens) : wound(hurt, corpus);
        }
        return hurt;
    }

    private byte[] wound(byte[] value, List<byte[]> corpus) {
        int at = random.nextInt(value.length);
        int end = at + 1 + random.nextInt(Math.min(12, value.length - at));
        return switch (random.nextInt(16)) {
            case 0 -> set(value, at, value[at] ^ (1 << random.nextInt(8)));
            case 1 -> set(value, at, random.nextInt(256));
            case 2 -> splice(value, at, at, pick(tokens));
            case 3 -> splice(value, at, end, pick(tokens));
            case 4 -> splice(value, at, at, Arrays.copyOfRange(value, at, end));
            case 5 -> splice(value, at, end, new byte[0]);
            case 6 -> Arrays.copyOf(value, at);
            case 7 -> spliced(value, at, pick(corpus));
            case 8 -> length(value, at);
            case 9, 10, 11 -> number(value, at);
            case 12 -> entry(value, at);
            case 13 -> splice(value, at, at, pick(NOT_UTF8));
            case 14 -> text(value, at);
            default -> random.nextInt(3) == 0 ? endless(value, at) : splice(value, at, end, pick(NUMBERS));
        };
    }

    /** The beginning of one value, the end of another. */
    private byte[] spliced(byte[] value, int at, byte[] other) {
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return splice(value, at, value.length, Arrays.copyOfRange(other, from, other.length));
    }

    /** An extreme length, of four or eight bytes, at the head or at any place. */
    private byte[] length(byte[] value, int at) {
        int place = random.nextBoolean() ? 0 : at;
        int width = random.nextBoolean() ? Long.BYTES : Integer.BYTES;
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(LENGTHS[random.nextInt(LENGTHS.length)])
                .array();
        return splice(value, place, Math.min(value.length, place + width), Arrays.copyOf(length, width));
    }

    /** The next number of the text becomes an extreme one, or a near one. */
    private byte[] number(byte[] value, int at) {
        int begin = at;
        while (begin < value.length && !isDigit(value[begin])) {
            begin++;
        }
        int end = begin;
        while (end < value.length && isDigit(value[end])) {
            end++;
        }
        if (begin == end) {
            return splice(value, at, at, pick(NUMBERS));
        }
        return random.nextInt(4) == 0
                ? set(value, begin, '0' + random.nextInt(10))
                : splice(value, begin, end, pick(NUMBERS));
    }

    /** A key with its value is doubled: what lies between two commas or braces comes again. */
    private byte[] entry(byte[] value, int at) {
        int begin = next(value, at);
        int end = next(value, begin + 1);
        if (end >= value.length || value[end] != ',') {
            return splice(value, at, at, ",".getBytes(UTF_8));
        }
        byte[] entry = Arrays.copyOfRange(value, begin + 1, end + 1);
        return splice(value, begin + 1, begin + 1, entry);
    }

    private static int next(byte[] value, int from) {
        int at = from;
        while (at < value.length && value[at] != ',' && value[at] != '{') {
            at++;
        }
        return at;
    }

    /** The next quoted text becomes another word. */
    private byte[] text(byte[] value, int at) {
        int begin = at;
        while (begin < value.length && value[begin] != '"') {
            begin++;
        }
        int end = begin + 1;
        while (end < value.length && value[end] != '"') {
            end++;
        }
        return end >= value.length ? value : splice(value, begin + 1, end, pick(tokens));
    }

    /** Nesting or text that a bounded reader gives up on. */
    private byte[] endless(byte[] value, int at) {
        String unit = new String[] {"[", "{\"a\":", "a", "\u20ac", "\ud83d\udc0d", "1", " "}[random.nextInt(7)];
        return splice(
                value,
                at,
                at,
                unit.repeat(1 + random.nextInt(LONGEST_TEXT / unit.length())).getBytes(UTF_8));
    }

    private byte[] pick(List<byte[]> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static boolean isDigit(byte character) {
        return (character >= '0' && character <= '9') || character == '-' || character == '.';
    }

    private static byte[] set(byte[] value, int at, int to) {
        byte[] changed = value.clone();
        changed[at] = (byte) to;
        return changed;
    }

    private static byte[] splice(byte[] value, int from, int to, byte[] with) {
        byte[] spliced = new byte[from + with.length + value.length - to];
        System.arraycopy(value, 0, spliced, 0, from);
        System.arraycopy(with, 0, spliced, from, with.length);
        System.arraycopy(value, to, spliced, from + with.length, value.length - to);
        return spliced;
    }
}
