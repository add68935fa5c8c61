package dev.finecomb.checkpoint;

import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Checkpoints with content that depends on their sequence only. */
public final class Checkpoints {
    static final String INCARNATION = "i1";
    private static final String DIGEST = Sha256.hex("x".getBytes(StandardCharsets.UTF_8));

    private Checkpoints() {}

    /** The checkpoint of that sequence. */
    public static CheckpointId id(long sequence) {
        return new CheckpointId(INCARNATION, sequence);
    }

    static List<CheckpointPart> parts(long sequence) {
        byte[] state = new byte[5000];
        new SplittableRandom(sequence).nextBytes(state);
        return List.of(
                CheckpointPart.of("state.safetensors", state),
                CheckpointPart.text("job.json", ("{\"sequence\":" + sequence + "}").getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes one and commits it, as far as the store can tell. */
    public static StoredCheckpoint write(CheckpointStore store, long sequence) throws IOException {
        return store.write(id(sequence), parts(sequence), manifest(id(sequence)));
    }

    static CheckpointStore.ManifestMaker manifest(CheckpointId id) {
        return files -> new CheckpointManifest(
                new Origin("digits", id.incarnation(), id.sequence() * 10),
                id.sequence(),
                Map.of(0, id.sequence() * 100),
                files,
                new Fingerprints(DIGEST, DIGEST),
                Instant.EPOCH);
    }
}
