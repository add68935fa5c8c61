package dev.finecomb.protocol.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Safetensors values put together by hand, so that tests can write what no writer would. */
public final class RawValue {
    private RawValue() {}

    /** A value with this header, unpadded, and so many bytes of data that count 0, 1, 2, ... */
    public static byte[] of(String header, int dataBytes) {
        return of(header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    public static byte[] of(byte[] header, int dataBytes) {
        ByteBuffer value = ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header);
        for (int i = 0; i < dataBytes; i++) {
            value.put((byte) i);
        }
        return value.array();
    }

    /** A value whose header claims another length than it has. */
    public static byte[] claiming(long length, String header, int dataBytes) {
        byte[] value = of(header, dataBytes);
        ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return value;
    }

    /** The same bytes with the length of their header set to what leaves so many bytes of data, if they are enough. */
    public static byte[] reframed(byte[] value, int dataBytes) {
        int header = value.length - Long.BYTES - dataBytes;
        if (header > 0) {
            ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header);
        }
        return value;
    }

    /** The header's entry for one tensor, without the comma. */
    public static String entry(String name, String dtype, String shape, long begin, long end) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(name, dtype, shape, begin, end);
    }
}
