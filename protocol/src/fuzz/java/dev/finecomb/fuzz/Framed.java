package dev.finecomb.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damage to values of the form {@code length, JSON of that length, data}: most of it reaches the JSON, rightly framed. */
public final class Framed {
    /** Words of the safetensors header. */
    public static final List<byte[]> WORDS = Mutator.bytes(
            "dtype",
            "shape",
            "data_offsets",
            "__metadata__",
            "F32",
            "F64",
            "BF16",
            "I64",
            "U8",
            "F8_E4M3",
            "BOOL",
            "C64",
            "x",
            "y",
            "\"shape\":[4294967296,4294967296]",
            "\"shape\":[9223372036854775807,0]",
            "\"shape\":[1,1,1,1,1,1,1,1,1]",
            "\"data_offsets\":[0,4]",
            "\"data_offsets\":[4,0]",
            "\"data_offsets\":[0,0]",
            "\"data_offsets\":[9223372036854775807,9223372036854775807]",
            "\"z\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},",
            "\"__metadata__\":{\"a\":\"b\"},");

    private Framed() {}

    /** One of the sound values, damaged in its data, its JSON or anywhere. */
    public static byte[] mutate(SplittableRandom random, List<byte[]> corpus) {
        Mutator mutator = new Mutator(random, WORDS);
        byte[] value = corpus.get(random.nextInt(corpus.size()));
        int data = Long.BYTES + (int) order(value).getLong(0);
        byte[] tail = Arrays.copyOfRange(value, data, value.length);
        return switch (random.nextInt(8)) {
            case 0 -> mutator.mutate(value, corpus);
            case 1 -> join(json(value), mutator.mutate(tail, List.of(tail)));
            default ->
                join(
                        mutator.mutate(
                                json(value), corpus.stream().map(Framed::json).toList()),
                        tail);
        };
    }

    private static byte[] json(byte[] value) {
        return Arrays.copyOfRange(
                value, Long.BYTES, Long.BYTES + (int) order(value).getLong(0));
    }

    private static byte[] join(byte[] json, byte[] data) {
        return order(new byte[Long.BYTES + json.length + data.length])
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    private static ByteBuffer order(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    }
}
