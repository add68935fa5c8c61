package dev.finecomb.protocol.tensor;

/**
 * What a reader is willing to take on before it refuses.
 *
 * @param maxBytes whole value, header and data, in bytes
 * @param maxHeaderBytes JSON header in bytes
 * @param maxTensors tensors, and metadata entries, in one value
 * @param maxRank axes of one tensor
 */
public record Limits(long maxBytes, int maxHeaderBytes, int maxTensors, int maxRank) {

    /** For a Kafka record: 64 MiB, of which 1 MiB header, 1024 tensors of up to 8 axes. */
    public static final Limits RECORD = new Limits(64L << 20, 1 << 20, 1024, 8);

    /** For a model file: any size, and the 100 MB of header that the reference implementation allows. */
    public static final Limits FILE = new Limits(Long.MAX_VALUE, 100_000_000, 1_000_000, 32);

    public Limits {
        requirePositive("maxBytes", maxBytes);
        requirePositive("maxHeaderBytes", maxHeaderBytes);
        requirePositive("maxTensors", maxTensors);
        requirePositive("maxRank", maxRank);
    }

    /** These limits with another bound on the whole value. */
    public Limits withMaxBytes(long bytes) {
        return new Limits(bytes, maxHeaderBytes, maxTensors, maxRank);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1");
        }
    }
}
