package dev.finecomb.sparsity;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bits in 64-bit words, bit i at bit i % 64 of word i / 64, and their stored form: bytes, least significant bit first. */
final class BitWords {
    private BitWords() {}

    /** Words that hold so many bits. */
    static int count(long bits) {
        return Math.toIntExact((bits + Long.SIZE - 1) / Long.SIZE);
    }

    /** Bytes that hold so many bits. */
    static int bytes(long bits) {
        return Math.toIntExact((bits + Byte.SIZE - 1) / Byte.SIZE);
    }

    /** All of so many bits set, and none beyond. */
    static long[] allSet(long bits) {
        long[] words = new long[count(bits)];
        Arrays.fill(words, -1L);
        if (bits % Long.SIZE != 0) {
            words[words.length - 1] = (1L << bits % Long.SIZE) - 1;
        }
        return words;
    }

    /** Whether bytes that hold so many bits have another one set behind them. */
    static boolean exceed(byte[] bytes, long bits) {
        int used = (int) (bits & 7);
        return used != 0 && (bytes[bytes.length - 1] & 0xFF) >>> used != 0;
    }

    /** The words of stored bits; bits beyond the last byte are 0. */
    static long[] of(byte[] bytes) {
        long[] words = new long[count((long) bytes.length * Byte.SIZE)];
        ByteBuffer whole = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int full = bytes.length / Long.BYTES;
        whole.asLongBuffer().get(words, 0, full);
        for (int i = full * Long.BYTES; i < bytes.length; i++) {
            words[full] |= (bytes[i] & 0xFFL) << (i << 3);
        }
        return words;
    }

    /** The stored form of the first so many bits. */
    static byte[] toBytes(long[] words, long bits) {
        byte[] bytes = new byte[bytes(bits)];
        int full = bytes.length / Long.BYTES;
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words, 0, full);
        for (int i = full * Long.BYTES; i < bytes.length; i++) {
            bytes[i] = (byte) (words[full] >>> (i << 3));
        }
        return bytes;
    }

    /** Up to 64 bits at once, {@code count} (1 or more) of them from this bit on. */
    static long get(long[] words, long bit, int count) {
        int word = (int) (bit >>> 6);
        int shift = (int) (bit & 63);
        long bits = words[word] >>> shift;
        if (shift + count > Long.SIZE) {
            bits |= words[word + 1] << (Long.SIZE - shift);
        }
        return bits & -1L >>> (Long.SIZE - count);
    }

    /** Sets, from this bit on, those that are set here. */
    static void add(long[] words, long bit, long bits) {
        int word = (int) (bit >>> 6);
        int shift = (int) (bit & 63);
        words[word] |= bits << shift;
        long beyond = bits >>> 1 >>> (63 - shift);
        if (beyond != 0) {
            words[word + 1] |= beyond;
        }
    }
}
