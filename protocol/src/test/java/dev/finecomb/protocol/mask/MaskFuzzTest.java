package dev.finecomb.protocol.mask;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.fuzz.Decoder;
import dev.finecomb.fuzz.Framed;
import dev.finecomb.fuzz.Fuzzer;
import dev.finecomb.fuzz.Mutator;
import dev.finecomb.protocol.Golden;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Damaged manifests and chunks are refused, also when their digests were made to fit the damage. */
class MaskFuzzTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final MaskWorld WORLD = new MaskWorld(1, 3);
    private static final List<byte[]> MANIFESTS = manifests();
    private static final List<byte[]> WORDS = Mutator.bytes(
            "searching",
            "final",
            "2:4",
            "1:16",
            "layer0.weight#0",
            "layer0.weight",
            "\"shape\":[1,9223372036854775804],",
            "\"shape\":[4611686018427387904,4],",
            "\"shape\":[1,4,4294967296,4294967296],",
            "\"permutation\":[0,1],",
            "\"kept\":9223372036854775807,",
            "\"endGroup\":9223372036854775807,");
    /** Groups in the golden chunk, times 4. */
    private static final long WEIGHTS = 64;

    @Test
    void damagedManifests() throws Exception {
        Fuzzer fuzzer = new Fuzzer("mask-manifest", 7);

        long accepted = fuzzer.run(
                Decoder.of(MalformedMessageException.class, MaskManifest::decode, MaskManifest::encode),
                MaskFuzzTest::damaged);

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }

    @Test
    void chunks() throws Exception {
        Fuzzer fuzzer = new Fuzzer("mask-chunk", 3);
        byte[] bits = new byte[(int) WEIGHTS / 8];
        List<byte[]> corpus =
                List.of(ChunkCodec.encode(ByteBuffer.wrap(bits)), ChunkCodec.encode(ByteBuffer.allocate(3)));

        long accepted = fuzzer.run(
                Decoder.of(
                        MalformedMessageException.class,
                        value -> ChunkCodec.decode("key", value, WEIGHTS),
                        ChunkCodec::encode),
                random -> Framed.mutate(random, corpus));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }

    /** A topic whose newest manifest is damaged gives out what was published, or says that it is incomplete or corrupt. */
    @Test
    void snapshots() throws Exception {
        Fuzzer fuzzer = new Fuzzer("mask-assembler", 3);

        fuzzer.run(new Assembling(), MaskFuzzTest::damaged);
    }

    private static byte[] damaged(SplittableRandom random) {
        byte[] value = new Mutator(random, WORDS).mutate(MANIFESTS);
        return random.nextInt(4) == 0 ? value : resealed(value);
    }

    /** The value with the digest that its other fields have, if it is JSON at all. */
    private static byte[] resealed(byte[] value) {
        try {
            if (!(JSON.readTree(value) instanceof ObjectNode manifest)) {
                return value;
            }
            manifest.remove("digest");
            String body = JSON.writeValueAsString(manifest);
            manifest.put("digest", Sha256.hex(body.getBytes(UTF_8)));
            return JSON.writeValueAsString(manifest).getBytes(UTF_8);
        } catch (IOException notJson) {
            return value;
        }
    }

    private static List<byte[]> manifests() {
        return List.of(
                Golden.bytes("masks/manifest.json"),
                WORLD.publications.get(0).manifest().encode(),
                WORLD.publications.get(1).manifest().encode(),
                WORLD.publications.get(2).manifest().encode());
    }

    private static final class Assembling implements Decoder<MaskSnapshot> {
        @Override
        public Optional<MaskSnapshot> decode(byte[] manifest) {
            MaskAssembler assembler = new MaskAssembler(MaskWorld.JOB);
            WORLD.records().stream()
                    .filter(record -> !record.key().equals(MaskManifest.KEY))
                    .forEach(record -> assembler.accept(record.key(), record.value()));
            return assembler.accept(MaskManifest.KEY, manifest);
        }

        /** Whatever is handed out is a mask that its own manifest describes. */
        @Override
        public void check(MaskSnapshot snapshot) {
            for (MaskLayer layer : snapshot.layers()) {
                long kept = 0;
                for (byte weight : layer.weightMask()) {
                    kept += weight;
                }
                assertThat(kept).isEqualTo(layer.kept());
            }
            assertThat(snapshot.layers()).hasSameSizeAs(snapshot.manifest().layers());
        }
    }
}
