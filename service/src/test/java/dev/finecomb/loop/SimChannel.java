package dev.finecomb.loop;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file or directory of the simulated disk. Files are written from the first byte to the last, or read. */
final class SimChannel extends FileChannel {
    private final SimPath path;
    private final SimDisk.Node node;
    private long position;

    SimChannel(SimPath path, SimDisk.Node node) {
        this.path = path;
        this.node = node;
    }

    private SimDisk.File file() throws IOException {
        if (node instanceof SimDisk.File file) {
            return file;
        }
        throw new IOException("Is a directory");
    }

    /** Takes half of what is more than a few bytes: a short write is not an error. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        int taken = source.remaining() > 64 ? source.remaining() / 2 + 1 : source.remaining();
        byte[] bytes = new byte[taken];
        source.duplicate().get(bytes);
        path.disk().write(path, file(), bytes);
        source.position(source.position() + taken);
        position += taken;
        return taken;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int length = file().length();
        if (position >= length) {
            return -1;
        }
        byte[] content = path.disk().read(path, file());
        int count = Math.min(target.remaining(), content.length - (int) position);
        target.put(content, (int) position, count);
        position += count;
        return count;
    }

    @Override
    public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
        byte[] content = path.disk().read(path, file());
        MemorySegment mapped = arena.allocate(size);
        MemorySegment.copy(content, (int) offset, mapped, ValueLayout.JAVA_BYTE, 0, (int) size);
        return mapped;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        path.disk().force(path, node);
    }

    @Override
    public long size() throws IOException {
        return file().length();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    protected void implCloseChannel() {}

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw unused();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw unused();
    }

    @Override
    public FileChannel truncate(long size) {
        throw unused();
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) {
        throw unused();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long from, long count) {
        throw unused();
    }

    @Override
    public int read(ByteBuffer target, long from) {
        throw unused();
    }

    @Override
    public int write(ByteBuffer source, long from) {
        throw unused();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long from, long size) {
        throw unused();
    }

    @Override
    public FileLock lock(long from, long size, boolean shared) {
        throw unused();
    }

    @Override
    public FileLock tryLock(long from, long size, boolean shared) {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("no part of the service does this");
    }
}
