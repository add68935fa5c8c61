package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The record that makes a snapshot of mask chunks: it names every chunk of every layer with its digest, whether the chunk
 * was published with this snapshot or with an earlier one.
 *
 * <p>Its last field, {@code digest}, is the SHA-256 of the manifest without it, written as compact JSON in the same order
 * (all values are texts and whole numbers, so every JSON library writes them alike).
 *
 * @param origin job, incarnation and the step whose masks these are
 * @param version number of the snapshot in its incarnation, growing
 * @param state searching or final
 * @param pattern N:M
 * @param layers every sparse layer, in the model's order
 */
public record MaskManifest(Origin origin, long version, MaskState state, Pattern pattern, List<ManifestLayer> layers) {
    /** Key of the manifest's record; a chunk's key always holds a number sign. */
    public static final String KEY = "manifest";

    private static final String DIGEST = "digest";

    /** Refuses manifests that contradict themselves with an {@link InvalidValueException}. */
    public MaskManifest {
        Require.atLeast("version", version, 1);
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new InvalidValueException("layers", "at least one layer", "none");
        }
        Set<String> parameters = new HashSet<>();
        for (ManifestLayer layer : layers) {
            if (!parameters.add(layer.parameter())) {
                throw new InvalidValueException(
                        "layers", "every parameter once", Require.quote(layer.parameter()) + " twice");
            }
            checkKept(layer, state, pattern);
        }
    }

    /** Whether this manifest tells of a later moment than {@code other}, within one incarnation. */
    public boolean succeeds(MaskManifest other) {
        return origin.incarnation().equals(other.origin.incarnation()) && version > other.version;
    }

    /** Keys of all chunks. */
    public Set<String> chunkKeys() {
        Set<String> keys = new HashSet<>();
        layers.forEach(layer -> layer.chunks().forEach(chunk -> keys.add(chunk.key())));
        return keys;
    }

    /** SHA-256 of the manifest without its digest. */
    public String digest() {
        return Sha256.hex(encodeWithoutDigest());
    }

    /** The message's value: one compact JSON object. */
    public byte[] encode() {
        byte[] body = encodeWithoutDigest();
        byte[] tail = (",\"" + DIGEST + "\":\"" + Sha256.hex(body) + "\"}").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(body, body.length - 1 + tail.length);
        System.arraycopy(tail, 0, whole, body.length - 1, tail.length);
        return whole;
    }

    /** Reads a value back; a manifest whose digest differs from its content is refused. */
    public static MaskManifest decode(byte[] value) throws MalformedMessageException {
        return JsonObject.decode(value, MaskManifest::read);
    }

    private byte[] encodeWithoutDigest() {
        return JsonWriter.object(out -> {
            out.origin(origin);
            out.whole("version", version);
            out.text("state", state.wireName());
            out.text("pattern", pattern.toString());
            out.objects("layers", layers, (inner, layer) -> layer.writeTo(inner));
        });
    }

    private static MaskManifest read(JsonObject in) throws MalformedMessageException {
        String promised = Require.sha256(DIGEST, in.text(DIGEST));
        String found = in.sha256Without(DIGEST);
        if (!promised.equals(found)) {
            throw new MalformedMessageException(DIGEST, promised, found);
        }
        Pattern pattern = Pattern.parse(in.text("pattern"));
        return new MaskManifest(
                in.origin(),
                in.whole("version"),
                in.word("state", MaskState.class),
                pattern,
                in.objects("layers", layer -> ManifestLayer.read(layer, pattern.m())));
    }

    private static void checkKept(ManifestLayer layer, MaskState state, Pattern pattern) {
        if (layer.layout().m() != pattern.m()) {
            throw new InvalidValueException(
                    "layers",
                    "groups of " + pattern.m(),
                    layer.parameter() + " with groups of " + layer.layout().m());
        }
        long least = layer.layout().groups() * pattern.n();
        long most = state == MaskState.FINAL ? least : layer.layout().elements();
        if (layer.kept() < least || layer.kept() > most) {
            throw new InvalidValueException(
                    "layers",
                    least + " to " + most + " kept weights in " + layer.parameter(),
                    Long.toString(layer.kept()));
        }
    }
}
