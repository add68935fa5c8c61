package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.MessageKind;
import java.nio.charset.StandardCharsets;

/** One record of the masks topic, still without headers. */
public final class MaskRecord {
    private final String key;
    private final byte[] value;
    private final MessageKind kind;

    private MaskRecord(String key, byte[] value, MessageKind kind) {
        this.key = key;
        this.value = value;
        this.kind = kind;
    }

    static MaskRecord chunk(String key, byte[] value) {
        return new MaskRecord(key, value, MessageKind.MASK);
    }

    static MaskRecord manifest(MaskManifest manifest) {
        return new MaskRecord(MaskManifest.KEY, manifest.encode(), MessageKind.MASK_MANIFEST);
    }

    /** The key as text. */
    public String key() {
        return key;
    }

    /** The key as the record carries it. */
    public byte[] keyBytes() {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    /** The value itself, not a copy: it goes straight to the producer. */
    public byte[] value() {
        return value;
    }

    /** {@link MessageKind#MASK} or {@link MessageKind#MASK_MANIFEST}. */
    public MessageKind kind() {
        return kind;
    }
}
