package dev.finecomb.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One named file of a checkpoint and how its bytes are made.
 *
 * @param name a plain file name, for example {@code state.safetensors}; never the manifest's
 * @param content writes the bytes, from the first to the last, once
 * @param text the same as text, if it may travel along in the manifest; then it can be written back when it is damaged
 */
public record CheckpointPart(String name, Content content, Optional<String> text) {
    /** Writes the bytes of a part; the channel takes every buffer whole. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    public CheckpointPart {
        if (!NAME.matcher(name).matches() || name.equals(CheckpointStore.MANIFEST)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot name a part of a checkpoint");
        }
    }

    /** A part that only its file holds. */
    public CheckpointPart(String name, Content content) {
        this(name, content, Optional.empty());
    }

    /** A part whose bytes are already in memory. */
    public static CheckpointPart of(String name, byte[] bytes) {
        return new CheckpointPart(name, channel -> channel.write(ByteBuffer.wrap(bytes)));
    }

    /** A small text, in UTF-8, that travels along in the manifest. */
    public static CheckpointPart text(String name, byte[] utf8) {
        return new CheckpointPart(
                name,
                channel -> channel.write(ByteBuffer.wrap(utf8)),
                Optional.of(new String(utf8, StandardCharsets.UTF_8)));
    }
}
