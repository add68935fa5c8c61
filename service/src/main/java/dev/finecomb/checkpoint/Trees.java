package dev.finecomb.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Deletes what a checkpoint directory holds, and it. Links are deleted, never followed. */
final class Trees {
    private Trees() {}

    static void delete(Path root, FileOperations operations) throws IOException {
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : operations.list(root)) {
                delete(entry, operations);
            }
        }
        operations.delete(root);
    }
}
