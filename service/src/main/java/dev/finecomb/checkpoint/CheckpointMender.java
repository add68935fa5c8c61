package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
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

    /** Sees to it that the manifest and what it carries lie in the directory; returns what had to be written. */
    List<Path> mend(CheckpointManifest manifest, byte[] manifestBytes, String token) throws IOException {
        List<Path> mended = new ArrayList<>();
        for (Map.Entry<String, byte[]> small :
                smallFiles(manifest, manifestBytes).entrySet()) {
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

    private static Map<String, byte[]> smallFiles(CheckpointManifest manifest, byte[] manifestBytes) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        manifest.files()
                .forEach(file -> file.content()
                        .ifPresent(text -> files.put(file.name(), text.getBytes(StandardCharsets.UTF_8))));
        files.put(CheckpointStore.MANIFEST, manifestBytes);
        return files;
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
