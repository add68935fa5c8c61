package dev.finecomb.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A directory of this machine. */
record DirectoryWorld(Path directory) implements StoreWorld {
    @Override
    public CheckpointStore open() throws IOException {
        return CheckpointKeeper.inDirectory(directory);
    }

    @Override
    public List<String> names() throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private Path path(CheckpointId id, String file) {
        return directory.resolve(id.directoryName()).resolve(file);
    }

    @Override
    public CheckpointInspector inspector() throws IOException {
        return CheckpointInspector.ofDirectory(directory);
    }

    @Override
    public List<String> files(CheckpointId id) throws IOException {
        try (var entries = Files.list(directory.resolve(id.directoryName()))) {
            return entries.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    @Override
    public byte[] read(CheckpointId id, String file) throws IOException {
        return Files.readAllBytes(path(id, file));
    }

    @Override
    public void write(CheckpointId id, String file, byte[] bytes) throws IOException {
        Files.write(path(id, file), bytes);
    }

    @Override
    public void delete(CheckpointId id, String file) throws IOException {
        Files.delete(path(id, file));
    }

    @Override
    public void remove(CheckpointId id) throws IOException {
        Trees.delete(directory.resolve(id.directoryName()), FileOperations.SYSTEM);
    }

    @Override
    public void rename(CheckpointId from, CheckpointId to) throws IOException {
        Files.move(directory.resolve(from.directoryName()), directory.resolve(to.directoryName()));
    }

    @Override
    public void leaveUnfinished(CheckpointId id) throws IOException {
        Path writing = Files.createDirectories(directory.resolve(".writing-" + id.directoryName() + "-x"));
        Files.writeString(writing.resolve("state.safetensors"), "half");
        Files.createDirectories(directory.resolve(".deleting-" + id.directoryName() + "-x"));
    }

    @Override
    public void leaveForeign(String name) throws IOException {
        Files.writeString(directory.resolve(name), "not ours");
    }

    @Override
    public boolean isBareClaim(String name) {
        return false;
    }

    @Override
    public CheckpointStore openGone() throws IOException {
        CheckpointStore store = open();
        Files.delete(directory);
        return store;
    }
}
