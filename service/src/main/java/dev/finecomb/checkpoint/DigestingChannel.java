package dev.finecomb.checkpoint;

import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Writes a file and digests the same bytes on the way, so that the digest is of what was meant, not of what was read back. */
final class DigestingChannel implements WritableByteChannel {
    private final Path file;
    private final FileChannel channel;
    private final FileOperations operations;
    private final MessageDigest digest = Sha256.newDigest();
    private long bytes;

    DigestingChannel(Path file, FileOperations operations) throws IOException {
        this.file = file;
        this.operations = operations;
        this.channel = operations.create(file);
    }

    /** Takes all remaining bytes. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        digest.update(source.duplicate());
        while (source.hasRemaining()) {
            operations.write(file, channel, source);
        }
        bytes += length;
        return length;
    }

    void force() throws IOException {
        operations.force(file, channel);
    }

    long bytes() {
        return bytes;
    }

    /** Digest of everything written; ends the digesting. */
    String sha256Hex() {
        return HexFormat.of().formatHex(digest.digest());
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
