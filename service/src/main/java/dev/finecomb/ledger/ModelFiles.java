package dev.finecomb.ledger;

import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where announced models are read. */
@FunctionalInterface
public interface ModelFiles {
    /** Directories of this machine only. */
    ModelFiles LOCAL = ModelFiles::local;

    /** The files of one model. */
    @FunctionalInterface
    interface Reader {
        /** The SHA-256 of a file, in hexadecimal. */
        String sha256(String file) throws IOException;
    }

    /** The files of the model that was announced to lie there; empty if that is not in reach. */
    Optional<Reader> at(String location);

    private static Optional<Reader> local(String location) {
        try {
            Path path = location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location);
            return Files.isDirectory(path) ? Optional.of(file -> Sha256.hex(path.resolve(file))) : Optional.empty();
        } catch (IllegalArgumentException | FileSystemNotFoundException elsewhere) {
            return Optional.empty();
        }
    }
}
