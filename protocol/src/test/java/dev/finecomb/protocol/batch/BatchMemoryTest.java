package dev.finecomb.protocol.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.finecomb.protocol.tensor.RawValue;
import dev.finecomb.protocol.tensor.Tensors;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a record makes the decoder allocate, garbage included: no claim in it costs memory, only its bytes do. */
class BatchMemoryTest {
    /** Parser buffers, streams, messages: what any record costs. */
    private static final long FIXED_BYTES = 256 << 10;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final BatchDecoder decoder = new BatchDecoder(BatchSchema.of(List.of("x"), List.of("y")));

    @Test
    void claimsCostNothing() {
        assertThat(allocated("", RawValue.claiming(1 << 20, "{}", 0))).isLessThan(FIXED_BYTES);
        assertThat(allocated("", RawValue.claiming(Long.MAX_VALUE, "{}", 0))).isLessThan(FIXED_BYTES);
        String huge = "{" + RawValue.entry("x", "F64", "[1048576,1048576]", 0, 1L << 43) + "}";
        assertThat(allocated("", RawValue.of(huge, 8))).isLessThan(FIXED_BYTES);
    }

    @Test
    void aBatchIsSlicesOfItsRecord() {
        byte[] value = BatchEncoder.encode(
                Tensors.f32("x", new float[4 << 20], 1 << 10, 1 << 12), Tensors.i64("y", new long[1 << 10], 1 << 10));

        assertThat(value.length).isGreaterThan(16 << 20);
        assertThat(allocated("", value)).isLessThan(FIXED_BYTES);
    }

    @Test
    void headersCostABoundedMultiple() {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{");
        for (int i = 0; i < 1024; i++) {
            header.append(i == 0 ? "" : ",").append('"').append(i).append("\":\"\"");
        }
        header.append('}');
        for (int i = 0; i < 1024; i++) {
            header.append(',').append(RawValue.entry("" + i, "U8", "[0]", 0, 0));
        }
        byte[] value = RawValue.of(header.append('}').toString(), 0);

        assertThat(allocated("", value)).isLessThan(FIXED_BYTES + 40L * value.length);
    }

    @Test
    void skippedTextIsNotKept() {
        byte[] value = ("{\"note\": \"" + "a".repeat(8 << 20) + "\", \"x\": [1], \"y\": [1]}").getBytes(UTF_8);

        assertThat(allocated("", value)).isLessThan(FIXED_BYTES);
    }

    @Test
    void theDensestJsonCostsABoundedMultiple() {
        byte[] value = ("{\"x\":[1],\"y\":[" + "1,".repeat(1 << 20) + "1]}").getBytes(UTF_8);

        // All capacities that the label's buffer ever had, twice the largest, are at most 16 bytes a byte of the value.
        assertThat(allocated("application/json", value)).isLessThan(FIXED_BYTES + 17L * value.length);
    }

    private long allocated(String contentType, byte[] value) {
        decoder.decode(contentType, value); // class loading is not the record's doing
        long before = THREADS.getCurrentThreadAllocatedBytes();
        decoder.decode(contentType, value);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
