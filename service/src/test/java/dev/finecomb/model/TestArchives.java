package dev.finecomb.model;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** Real TorchScript files, saved by PyTorch. */
public final class TestArchives {
    private TestArchives() {}

    /** Two convolutions, one batch norm, one linear layer. */
    public static Path batchNormCnn() {
        return resource("batch-norm-cnn.pt");
    }

    /** Linear layers only, no buffers. */
    public static Path mlp() {
        return resource("mlp.pt");
    }

    /** Children with numbers for names, tied and non-contiguous weights, an absent buffer, a plain tensor attribute. */
    public static Path odd() {
        return resource("odd.pt");
    }

    static Path resource(String name) {
        URL url = TestArchives.class.getResource(name);
        if (url == null) {
            throw new IllegalStateException("no test resource " + name);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
