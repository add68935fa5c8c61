package dev.finecomb.protocol.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The values in the test resources that the reference implementation wrote; see the README beside them. */
public final class Golden {
    private Golden() {}

    public static byte[] read(String name) {
        String path = "/golden/safetensors/" + name;
        try (InputStream in = Golden.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
