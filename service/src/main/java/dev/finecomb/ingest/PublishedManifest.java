package dev.finecomb.ingest;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;

/**
 * The newest manifest of a job in the checkpoints topic.
 *
 * @param where topic, partition and offset, for messages
 * @param pointer names it by the digest of the record's own bytes
 */
record PublishedManifest(String where, CheckpointPointer pointer, CheckpointManifest manifest) {
    static PublishedManifest decode(String where, byte[] value) throws MalformedMessageException {
        CheckpointManifest manifest = CheckpointManifest.decode(value);
        return new PublishedManifest(
                where, new CheckpointPointer(manifest.origin(), manifest.sequence(), Sha256.hex(value)), manifest);
    }

    Positions positions() {
        return Positions.of(manifest.positions());
    }
}
