package dev.finecomb.protocol.message;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names and digests one checkpoint. The same bytes lie beside the checkpoint's files and in the checkpoints topic, and the
 * committed offsets point at their digest.
 *
 * @param origin job, incarnation and the step after which the cut was made
 * @param sequence number of the cut in its incarnation, from 0
 * @param positions partition of the batches topic to the next offset to read there
 * @param files the checkpoint's files
 * @param fingerprints what the checkpoint fits to
 * @param createdAt when the cut was made
 */
public record CheckpointManifest(
        Origin origin,
        long sequence,
        Map<Integer, Long> positions,
        List<FileEntry> files,
        Fingerprints fingerprints,
        Instant createdAt) {
    /**
     * What a checkpoint fits to: resuming with another model or other settings that matter would silently train
     * something else.
     *
     * @param modelSha256 digest of the initial model file
     * @param configurationSha256 digest of the settings that decide the result
     */
    public record Fingerprints(String modelSha256, String configurationSha256) {
        /** Refuses what is no digest. */
        public Fingerprints {
            Require.sha256("modelSha256", modelSha256);
            Require.sha256("configurationSha256", configurationSha256);
        }
    }

    /** Copies and checks; positions are kept sorted by partition. */
    public CheckpointManifest {
        Require.atLeast("sequence", sequence, 0);
        SortedMap<Integer, Long> sorted = new TreeMap<>(positions);
        sorted.forEach((partition, offset) -> {
            Require.atLeast("positions", partition, 0);
            Require.atLeast("positions." + partition, offset, 0);
        });
        positions = Collections.unmodifiableSortedMap(sorted);
        files = FileEntry.checked(files);
    }

    /** The message's value: one compact JSON object. */
    public byte[] encode() {
        return JsonWriter.object(out -> {
            out.origin(origin);
            out.whole("sequence", sequence);
            out.object(
                    "positions",
                    inner -> positions.forEach((partition, offset) -> inner.whole(partition.toString(), offset)));
            FileEntry.writeAll(out, files);
            out.text("modelSha256", fingerprints.modelSha256());
            out.text("configurationSha256", fingerprints.configurationSha256());
            out.text("createdAt", createdAt.toString());
        });
    }

    /** The pointer to this manifest that travels with the committed offsets. */
    public CheckpointPointer pointer() {
        return new CheckpointPointer(origin, sequence, Sha256.hex(encode()));
    }

    /** Reads a value back. */
    public static CheckpointManifest decode(byte[] value) throws MalformedMessageException {
        return JsonObject.decode(
                value,
                in -> new CheckpointManifest(
                        in.origin(),
                        in.whole("sequence"),
                        in.object("positions", CheckpointManifest::readPositions),
                        in.objects("files", FileEntry::read),
                        new Fingerprints(in.text("modelSha256"), in.text("configurationSha256")),
                        in.time("createdAt")));
    }

    private static Map<Integer, Long> readPositions(JsonObject in) throws MalformedMessageException {
        Map<Integer, Long> positions = new TreeMap<>();
        for (String partition : in.names()) {
            positions.put(partitionOf(partition), in.whole(partition));
        }
        return positions;
    }

    private static int partitionOf(String name) {
        try {
            int partition = Integer.parseInt(name);
            if (Integer.toString(partition).equals(name)) {
                return partition;
            }
        } catch (NumberFormatException notANumber) {
            // falls through to the one complaint
        }
        throw new InvalidValueException("key", "a partition's number", Require.quote(name));
    }
}
