package dev.finecomb.ledger;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * The offsets that a job has committed at one moment, with their metadata.
 *
 * @param offsets by partition of the batches topic; empty for a job that never committed any, or lost them
 */
record Committed(SortedMap<Integer, OffsetAndMetadata> offsets) {
    static Committed of(Map<Integer, OffsetAndMetadata> offsets) {
        return new Committed(new TreeMap<>(offsets));
    }

    boolean isNothing() {
        return offsets.isEmpty();
    }

    /** The different metadata texts; one in a sound history. */
    Set<String> metadata() {
        return offsets.values().stream().map(OffsetAndMetadata::metadata).collect(Collectors.toSet());
    }

    /** The pointer beside the offsets, empty if there is none, or more than one, or it can't be understood. */
    Optional<CheckpointPointer> pointer() {
        Set<String> texts = metadata();
        if (texts.size() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(CheckpointPointer.parse(texts.iterator().next()));
        } catch (MalformedMessageException unreadable) {
            return Optional.empty();
        }
    }

    /** The next offset to read of a partition. */
    OptionalLong position(int partition) {
        OffsetAndMetadata found = offsets.get(partition);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
    }

    SortedMap<Integer, Long> positions() {
        SortedMap<Integer, Long> positions = new TreeMap<>();
        offsets.forEach((partition, offset) -> positions.put(partition, offset.offset()));
        return positions;
    }
}
