package dev.finecomb.bench;

import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.protocol.batch.Decoded;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A record's value to a checked batch, and the same bytes copied: float32 inputs, int64 labels, the search for NaN on. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DecodeBenchmark {
    private static final int CLASSES = 10;
    private static final long FEATURES = 1024;

    /** About the size of the value. */
    @Param({"102400", "8388608"})
    public int bytes;

    private final BatchDecoder decoder =
            new BatchDecoder(BatchSchema.of(List.of("x"), List.of("y")).withClasses(CLASSES));
    private byte[] value = new byte[0];
    private byte[] copy = new byte[0];

    /** Makes the value. */
    @Setup
    public void encode() {
        long samples = bytes / (FEATURES * Float.BYTES + Long.BYTES);
        value = BatchEncoder.encode(Samples.batch(1, CLASSES, samples, FEATURES));
        copy = new byte[value.length];
    }

    /** The subject. */
    @Benchmark
    public Decoded decode() {
        Decoded decoded = decoder.decode(BatchEncoder.CONTENT_TYPE, value);
        if (!(decoded instanceof Decoded.Accepted)) {
            throw new IllegalStateException("refused: " + decoded);
        }
        return decoded;
    }

    /** The baseline. */
    @Benchmark
    public byte[] copy() {
        System.arraycopy(value, 0, copy, 0, value.length);
        return copy;
    }
}
