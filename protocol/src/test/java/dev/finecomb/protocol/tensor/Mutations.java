package dev.finecomb.protocol.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Seeded damage to bytes: flipped bits, foreign bytes, tokens spliced in, cuts, doubled and dropped ranges. */
public final class Mutations {
    private final SplittableRandom random;
    private final List<byte[]> tokens;

    /**
     * Damage drawn from {@code random}.
     *
     * @param tokens texts that mean something to the reader under test
     */
    public Mutations(SplittableRandom random, List<byte[]> tokens) {
        this.random = random;
        this.tokens = tokens;
    }

    /** {@code value} with one to four wounds. */
    public byte[] mutate(byte[] value) {
        byte[] mutated = value.clone();
        int wounds = 1 + random.nextInt(4);
        for (int i = 0; i < wounds; i++) {
            mutated = wound(mutated);
        }
        return mutated;
    }

    private byte[] wound(byte[] value) {
        if (value.length == 0) {
            return pick(tokens);
        }
        int at = random.nextInt(value.length);
        int end = at + 1 + random.nextInt(Math.min(12, value.length - at));
        return switch (random.nextInt(6)) {
            case 0 -> set(value, at, (byte) (value[at] ^ (1 << random.nextInt(8))));
            case 1 -> set(value, at, (byte) random.nextInt(256));
            case 2 -> splice(value, at, at, pick(tokens));
            case 3 -> splice(value, at, end, pick(tokens));
            case 4 -> splice(value, at, at, Arrays.copyOfRange(value, at, end));
            default -> random.nextBoolean() ? Arrays.copyOf(value, at) : splice(value, at, end, new byte[0]);
        };
    }

    private byte[] pick(List<byte[]> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static byte[] set(byte[] value, int at, byte to) {
        value[at] = to;
        return value;
    }

    private static byte[] splice(byte[] value, int from, int to, byte[] with) {
        byte[] spliced = new byte[from + with.length + value.length - to];
        System.arraycopy(value, 0, spliced, 0, from);
        System.arraycopy(with, 0, spliced, from, with.length);
        System.arraycopy(value, to, spliced, from + with.length, value.length - to);
        return spliced;
    }
}
