package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.FileEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a manifest says of the parts that were written; the small texts among them travel along in it. */
final class WrittenFiles {
    private final List<FileEntry> entries = new ArrayList<>();
    private long room = FileEntry.MAX_CONTENT_BYTES;

    void add(CheckpointPart part, long bytes, String sha256) {
        // What is too large for the manifest lies in its file alone.
        Optional<String> carried = bytes <= room ? part.text() : Optional.empty();
        room -= carried.isPresent() ? bytes : 0;
        entries.add(new FileEntry(part.name(), bytes, sha256, carried));
    }

    List<FileEntry> entries() {
        return List.copyOf(entries);
    }
}
