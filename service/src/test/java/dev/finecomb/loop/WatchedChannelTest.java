package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WatchedChannelTest {
    @Test
    void aLargeBufferGoesInSlicesOfWhichEachIsTold() throws IOException {
        byte[] bytes = new byte[2 * WatchedChannel.SLICE_BYTES + 1];
        new SplittableRandom(1).nextBytes(bytes);
        var written = new ByteArrayOutputStream();
        List<Integer> told = new ArrayList<>();
        ByteBuffer source = ByteBuffer.wrap(bytes);
        try (var channel = new WatchedChannel(Channels.newChannel(written), () -> told.add(written.size()))) {
            assertThat(channel.write(source)).isEqualTo(bytes.length);
        }
        assertThat(source.hasRemaining()).isFalse();
        assertThat(source.limit()).isEqualTo(bytes.length);
        assertThat(written.toByteArray()).isEqualTo(bytes);
        assertThat(told).containsExactly(WatchedChannel.SLICE_BYTES, 2 * WatchedChannel.SLICE_BYTES, bytes.length);
    }

    @Test
    void aChannelThatTakesLittleAtATimeGetsAll() throws IOException {
        var written = new ByteArrayOutputStream();
        var reluctant = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                written.write(source.get());
                return 1;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        try (var channel = new WatchedChannel(reluctant, () -> {})) {
            assertThat(channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}))).isEqualTo(3);
        }
        assertThat(written.toByteArray()).containsExactly(1, 2, 3);
    }
}
