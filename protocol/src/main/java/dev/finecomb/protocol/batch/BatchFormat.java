package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.Quoted;
import java.util.Arrays;
import java.util.Locale;

/** The two forms a batch travels in. */
enum BatchFormat {
    SAFETENSORS("application/vnd.safetensors"),
    JSON("application/json");

    /** A length prefix below 2^56 has a zero among its eight bytes, and no JSON text has. */
    private static final int PREFIX_BYTES = 8;

    private final String mediaType;

    BatchFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** The form of {@code value}: by its content type, or by its first bytes when that is empty. */
    static BatchFormat of(String contentType, byte[] value) throws RefusedException {
        if (contentType.isBlank()) {
            return hasZero(value) ? SAFETENSORS : JSON;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        boolean utf8 = Arrays.stream(parts)
                .skip(1)
                .map(String::strip)
                .filter(parameter -> parameter.startsWith("charset="))
                .allMatch(charset -> charset.equals("charset=utf-8") || charset.equals("charset=\"utf-8\""));
        for (BatchFormat format : values()) {
            if (utf8 && parts[0].strip().equals(format.mediaType)) {
                return format;
            }
        }
        throw new RefusedException(
                RejectReason.CONTENT_TYPE,
                "content-type " + Quoted.name(contentType) + " is not understood; send " + SAFETENSORS.mediaType
                        + " or " + JSON.mediaType + " in UTF-8, or no content-type");
    }

    private static boolean hasZero(byte[] value) {
        for (int i = 0; i < Math.min(PREFIX_BYTES, value.length); i++) {
            if (value[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
