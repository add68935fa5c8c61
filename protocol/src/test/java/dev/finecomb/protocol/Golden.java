package dev.finecomb.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads the golden files, see their README. */
public final class Golden {
    private Golden() {}

    /** Bytes of the file below the golden folder. */
    public static byte[] bytes(String file) {
        try (InputStream in = Golden.class.getResourceAsStream("golden/" + file)) {
            if (in == null) {
                throw new AssertionError("no golden file " + file);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
