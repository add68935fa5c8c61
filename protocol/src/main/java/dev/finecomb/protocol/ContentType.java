package dev.finecomb.protocol;

/** The two forms of a record's value, as the {@code content-type} header names them. */
public enum ContentType {
    /** Tensors in the safetensors format. */
    SAFETENSORS("application/vnd.safetensors"),
    /** UTF-8 JSON. */
    JSON("application/json");

    private final String mediaType;

    ContentType(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The header's value. */
    public String mediaType() {
        return mediaType;
    }
}
