package dev.finecomb.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** The system's disk, which notes every change that is asked of it, and fails one of them if told so. */
public final class RecordedDisk implements FileOperations {
    private final Path root;
    private final List<String> steps;
    private OptionalInt untilFailure;

    /**
     * A disk that takes its notes there.
     *
     * @param root paths are noted as seen from here
     * @param steps where each change is noted, before it is done, maybe among what others did
     * @param failAt the change that fails, once, counted from 0
     */
    public RecordedDisk(Path root, List<String> steps, OptionalInt failAt) {
        this.root = root;
        this.steps = steps;
        this.untilFailure = failAt;
    }

    private void step(String name, Path path) throws IOException {
        if (untilFailure.isPresent()) {
            int left = untilFailure.getAsInt();
            untilFailure = left == 0 ? OptionalInt.empty() : OptionalInt.of(left - 1);
            if (left == 0) {
                steps.add("failed");
                throw new IOException("No space left on device");
            }
        }
        steps.add(name + " /" + root.relativize(path));
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        step("create directory", directory);
        FileOperations.super.createDirectory(directory);
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        step("create", file);
        return FileOperations.super.create(file);
    }

    @Override
    public void write(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
        // A file takes many writes, which are one step here.
        if (!steps.getLast().equals("write /" + root.relativize(file))) {
            step("write", file);
        }
        FileOperations.super.write(file, channel, bytes);
    }

    @Override
    public void force(Path file, FileChannel channel) throws IOException {
        step("force", file);
        FileOperations.super.force(file, channel);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step("force directory", directory);
        FileOperations.super.forceDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step("rename to", to);
        FileOperations.super.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        step("delete", path);
        FileOperations.super.delete(path);
    }
}
