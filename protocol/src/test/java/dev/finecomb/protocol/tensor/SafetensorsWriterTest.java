package dev.finecomb.protocol.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SafetensorsWriterTest {
    private static final Tensor ONE = Tensors.u8("one", new byte[] {1}, 1);

    @Test
    void metadataIsWrittenInTheOrderOfItsKeys() {
        Map<String, String> forwards = new LinkedHashMap<>();
        forwards.put("a", "1");
        forwards.put("b", "2");
        Map<String, String> backwards = new LinkedHashMap<>();
        backwards.put("b", "2");
        backwards.put("a", "1");

        assertThat(SafetensorsWriter.toBytes(List.of(ONE), backwards))
                .isEqualTo(SafetensorsWriter.toBytes(List.of(ONE), forwards));
    }

    @Test
    void refusesNamesThatNoReaderWouldTake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.toBytes(List.of(ONE, ONE), Map.of()))
                .withMessageContaining("'one'")
                .withMessageContaining("twice");
        Tensor reserved = Tensors.u8("__metadata__", new byte[0], 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.toBytes(List.of(reserved), Map.of()))
                .withMessageContaining("reserved");
        Tensor half = Tensors.u8("\ud83d", new byte[0], 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.toBytes(List.of(half), Map.of()))
                .withMessageContaining("surrogate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.toBytes(List.of(ONE), Map.of("k", "\udc0d")))
                .withMessageContaining("surrogate");
    }

    @Test
    void refusesAnArrayBeyondTwoGibibytesButStreamsIt() throws IOException {
        MemorySegment mebibyte = MemorySegment.ofArray(new byte[1 << 20]);
        List<SafetensorsFile.Entry> entries = IntStream.range(0, 2100)
                .mapToObj(i -> new SafetensorsFile.Entry("t" + i, DType.U8, List.of(1L << 20), mebibyte))
                .toList();
        List<Tensor> tensors = entries.stream()
                .map(e -> new Tensor(e.name(), e.dtype(), e.shape(), e.data().asByteBuffer()))
                .toList();
        CountingChannel out = new CountingChannel();

        SafetensorsWriter.writeEntries(out, entries, Map.of());

        assertThat(out.bytes - (2100L << 20)).isBetween(2100L * 50, 2100L * 100);
        assertThat(out.largestWrite).isLessThanOrEqualTo(256 << 10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SafetensorsWriter.toBytes(tensors, Map.of()))
                .withMessageContaining("channel");
    }

    @Test
    void writesFromAnyKindOfMemory() throws IOException {
        SafetensorsFile.Entry floats =
                new SafetensorsFile.Entry("f", DType.F32, List.of(2L), MemorySegment.ofArray(new float[] {1, 2}));
        CountingChannel out = new CountingChannel();

        SafetensorsWriter.writeEntries(out, List.of(floats), Map.of());

        assertThat(out.bytes)
                .isEqualTo(SafetensorsWriter.toBytes(List.of(Tensors.f32("f", new float[] {1, 2}, 2)), Map.of())
                        .length);
    }

    @Test
    void tensorsMustBeAsLargeAsTheirShapeSays() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensors.f32("f", new float[] {1, 2}, 3))
                .withMessage("tensor 'f' is F32[3] and needs 12 bytes, but got 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tensor("f", DType.F32, List.of(-1L), ByteBuffer.allocate(0)))
                .withMessageContaining("impossible");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new SafetensorsFile.Entry("f", DType.F64, List.of(), MemorySegment.ofArray(new byte[7])));
    }

    /** Swallows bytes, at most half of what it is offered. */
    private static final class CountingChannel implements WritableByteChannel {
        private long bytes;
        private int largestWrite;

        @Override
        public int write(ByteBuffer source) {
            int taken = Math.ceilDiv(source.remaining(), 2);
            largestWrite = Math.max(largestWrite, source.remaining());
            bytes += taken;
            source.position(source.position() + taken);
            return taken;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
