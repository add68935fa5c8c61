package dev.finecomb.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The part of a checkpoint that names the committed ones before it, so that the next owner knows them too: what else lies
 * among them, a stale owner left behind, and was never committed. A JSON array of sequences, newest first.
 */
final class Lineage {
    static final String FILE = "predecessors.json";

    /** More are never kept, see {@code checkpoint.keep}. */
    private static final int MOST = 1000;

    private Lineage() {}

    /** The part for a checkpoint with these predecessors in its history. */
    static CheckpointPart part(Collection<CheckpointId> predecessors) {
        String sequences = predecessors.stream()
                .sorted(Comparator.reverseOrder())
                .limit(MOST)
                .map(id -> Long.toString(id.sequence()))
                .collect(Collectors.joining(",", "[", "]"));
        return CheckpointPart.text(FILE, sequences.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The predecessors of a verified checkpoint; none if a version that did not name them wrote it.
     *
     * @throws IOException if the file can't be read or understood
     */
    static List<CheckpointId> of(StoredCheckpoint checkpoint) throws IOException {
        if (checkpoint.manifest().files().stream().noneMatch(file -> file.name().equals(FILE))) {
            return List.of();
        }
        String text = Files.readString(checkpoint.part(FILE)).strip();
        if (!text.matches("\\[([0-9]{1,12}(,[0-9]{1,12})*)?]")) {
            throw new IOException(
                    checkpoint + " has a " + FILE + " that is no list of sequences, another version wrote it: " + text);
        }
        String incarnation = checkpoint.id().incarnation();
        return Arrays.stream(text.substring(1, text.length() - 1).split(","))
                .filter(sequence -> !sequence.isEmpty())
                .map(sequence -> new CheckpointId(incarnation, Long.parseLong(sequence)))
                .toList();
    }
}
