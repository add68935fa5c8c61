package dev.finecomb.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Hands on what is written in slices, and tells of each that it is through: a slow store is not taken for a hanging one. */
final class WatchedChannel implements WritableByteChannel {
    /** What any store takes within a minute or so. */
    static final int SLICE_BYTES = 16 << 20;

    private final WritableByteChannel channel;
    private final Runnable moving;

    WatchedChannel(WritableByteChannel channel, Runnable moving) {
        this.channel = channel;
        this.moving = moving;
    }

    /** Takes all remaining bytes. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        int end = source.limit();
        while (source.position() < end) {
            source.limit(Math.min(end, source.position() + SLICE_BYTES));
            while (source.hasRemaining()) {
                channel.write(source);
            }
            moving.run();
        }
        return length;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
