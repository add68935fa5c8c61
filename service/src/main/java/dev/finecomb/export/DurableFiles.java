package dev.finecomb.export;

import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Writes files that are on disk when the call returns, and digests what it meant to write, not what the disk holds. */
final class DurableFiles {
    private DurableFiles() {}

    static ExportedFile writeTensors(Path file, List<SafetensorsFile.Entry> tensors, Map<String, String> metadata)
            throws IOException {
        try (DigestingChannel out = new DigestingChannel(file)) {
            SafetensorsWriter.writeEntries(out, tensors, metadata);
            return out.finish(file);
        }
    }

    static ExportedFile write(Path file, byte[] content) throws IOException {
        try (DigestingChannel out = new DigestingChannel(file)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            return out.finish(file);
        }
    }

    /** A file that somebody else wrote and forced. */
    static ExportedFile written(Path file) throws IOException {
        return new ExportedFile(file.getFileName().toString(), Files.size(file), Sha256.hex(file));
    }

    /** Makes creations and renames within a directory durable. */
    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a directory of plain files; nothing happens if it is not there. */
    static void deleteFlat(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    private static final class DigestingChannel implements WritableByteChannel {
        private final FileChannel out;
        private final MessageDigest digest = Sha256.newDigest();
        private long bytes;

        DigestingChannel(Path file) throws IOException {
            out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            ByteBuffer meant = source.duplicate();
            int written = out.write(source);
            digest.update(meant.limit(meant.position() + written));
            bytes += written;
            return written;
        }

        ExportedFile finish(Path file) throws IOException {
            out.force(true);
            return new ExportedFile(
                    file.getFileName().toString(), bytes, HexFormat.of().formatHex(digest.digest()));
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
