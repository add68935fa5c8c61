package dev.finecomb.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** What a checkpoint store asks of the disk, each a single step, so that tests can watch the order and fail any of them. */
interface FileOperations {
    /** The operating system's own. */
    FileOperations SYSTEM = new FileOperations() {};

    default void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
    }

    /** Opens a file that must not exist yet. */
    default FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Writes some of the buffer's remaining bytes. */
    default void write(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
        channel.write(bytes);
    }

    /** Makes content and length durable. */
    default void force(Path file, FileChannel channel) throws IOException {
        channel.force(true);
    }

    /** Makes the directory's entries durable. */
    default void forceDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Renames in one step; fails if a directory with content has that name already. */
    default void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes a file or an empty directory, if it is there. */
    default void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    /** The entries of a directory, in no particular order. */
    default List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
