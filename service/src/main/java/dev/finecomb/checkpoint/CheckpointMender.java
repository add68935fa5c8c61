package dev.finecomb.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes small files of a checkpoint anew, each in one step: temporary file, force, rename, and the directory's force. */
final class CheckpointMender {
    private static final String MENDING = ".mending-";

    private final Path directory;
    private final FileOperations operations;

    /** @param directory the checkpoint's own */
    CheckpointMender(Path directory, FileOperations operations) {
        this.directory = directory;
        this.operations = operations;
    }

    /** Sees to it that files of this content lie in the directory; returns what had to be written. */
    List<Path> mend(Map<String, byte[]> files, String token) throws IOException {
        List<Path> mended = new ArrayList<>();
        for (Map.Entry<String, byte[]> small : files.entrySet()) {
            Path file = directory.resolve(small.getKey());
            if (!isIntact(file, small.getValue())) {
                replace(file, small.getValue(), token);
                mended.add(file);
            }
        }
        if (!mended.isEmpty()) {
            operations.forceDirectory(directory);
        }
        return mended;
    }

    private static boolean isIntact(Path file, byte[] bytes) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == bytes.length
                && Arrays.equals(Files.readAllBytes(file), bytes);
    }

    private void replace(Path file, byte[] bytes, String token) throws IOException {
        Path temporary = directory.resolve(MENDING + file.getFileName() + "-" + token);
        try {
            try (var channel = new DigestingChannel(temporary, operations)) {
                channel.write(ByteBuffer.wrap(bytes));
                channel.force();
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                Trees.delete(file, operations);
            }
            operations.rename(temporary, file);
        } finally {
            // Gone already unless something failed.
            operations.delete(temporary);
        }
    }
}
