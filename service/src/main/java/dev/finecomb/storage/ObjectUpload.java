package dev.finecomb.storage;

import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Puts one object of any size: in one request if it is small, else in parts, of which nothing is seen before the last is
 * there. Digests on the way, so that the digest is of what was meant, not of what was read back. An upload that is closed
 * before it was finished leaves nothing behind.
 */
public final class ObjectUpload implements WritableByteChannel {
    private static final int FIRST_BYTES = 64 << 10;
    private static final int MOST_PARTS = 10_000;

    private final ObjectStorage storage;
    private final String name;
    private final int partBytes;
    private final MessageDigest digest = Sha256.newDigest();
    private final List<CompletedPart> parts = new ArrayList<>();
    private byte[] buffer = new byte[FIRST_BYTES];
    private int buffered;
    private long bytes;
    private Optional<String> upload = Optional.empty();
    private boolean open = true;

    ObjectUpload(ObjectStorage storage, String name, int partBytes) {
        this.storage = storage;
        this.name = name;
        this.partBytes = partBytes;
    }

    /** Takes all remaining bytes. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        digest.update(source.duplicate());
        while (source.hasRemaining()) {
            if (buffered == partBytes) {
                sendPart();
            }
            int some = Math.min(source.remaining(), partBytes - buffered);
            makeRoom(buffered + some);
            source.get(buffer, buffered, some);
            buffered += some;
        }
        bytes += length;
        return length;
    }

    private void makeRoom(int needed) {
        if (needed > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(partBytes, Math.max(needed, 2 * buffer.length)));
        }
    }

    private void sendPart() throws IOException {
        if (parts.size() == MOST_PARTS) {
            throw new IOException(storage.locate(name) + " can't be put: it has more than " + MOST_PARTS + " parts of "
                    + partBytes + " bytes; keep what is that large in a directory");
        }
        String begun = upload.isPresent() ? upload.get() : storage.beginParts(name);
        upload = Optional.of(begun);
        parts.add(storage.putPart(name, begun, parts.size() + 1, buffer, buffered));
        buffered = 0;
    }

    /** Makes the object appear. When this returns, it is durable. */
    public void finish() throws IOException {
        if (upload.isEmpty()) {
            storage.put(name, buffer, buffered);
        } else {
            sendPart();
            storage.finishParts(name, upload.get(), parts, bytes);
            upload = Optional.empty();
        }
    }

    /** How many bytes were written. */
    public long bytes() {
        return bytes;
    }

    /** Digest of everything written; ends the digesting. */
    public String sha256Hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        if (upload.isPresent()) {
            storage.abortParts(name, upload.get());
            upload = Optional.empty();
        }
    }
}
