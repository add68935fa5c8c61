package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;
import java.util.List;

/**
 * One layer in a mask manifest.
 *
 * @param parameter the weight's name in the model
 * @param layout the weight's shape and groups
 * @param kept weights that stay
 * @param chunks where the bits are, in grouped order without a gap
 */
public record ManifestLayer(String parameter, GroupedLayout layout, long kept, List<ManifestChunk> chunks) {
    /** Refuses chunks that leave gaps, overlap or have another key than theirs. */
    public ManifestLayer {
        Require.text("parameter", parameter, LayerBits.MAX_PARAMETER_LENGTH);
        chunks = List.copyOf(chunks);
        long nextGroup = 0;
        for (int number = 0; number < chunks.size(); number++) {
            ManifestChunk chunk = chunks.get(number);
            require("key", ManifestChunk.key(parameter, number), chunk.key());
            require("firstGroup", Long.toString(nextGroup), Long.toString(chunk.firstGroup()));
            nextGroup = chunk.endGroup();
        }
        require("chunks", "groups 0 to " + layout.groups(), "groups 0 to " + nextGroup);
    }

    void writeTo(JsonWriter out) {
        out.text("parameter", parameter)
                .wholes("shape", layout.shape())
                .whole("groupAxis", GroupedLayout.GROUP_AXIS)
                .wholes("permutation", layout.permutation())
                .whole("kept", kept)
                .objects("chunks", chunks, (inner, chunk) -> chunk.writeTo(inner));
    }

    static ManifestLayer read(JsonObject in, int m) throws MalformedMessageException {
        GroupedLayout layout = new GroupedLayout(in.wholes("shape"), m);
        require("groupAxis", Integer.toString(GroupedLayout.GROUP_AXIS), Long.toString(in.whole("groupAxis")));
        require(
                "permutation",
                layout.permutation().toString(),
                in.wholes("permutation").toString());
        return new ManifestLayer(
                in.text("parameter"), layout, in.whole("kept"), in.objects("chunks", ManifestChunk::read));
    }

    private static void require(String field, String expected, String found) {
        if (!expected.equals(found)) {
            throw new InvalidValueException(field, expected, found);
        }
    }
}
