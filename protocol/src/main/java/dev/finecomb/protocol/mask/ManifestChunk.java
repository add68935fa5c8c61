package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.json.JsonObject;
import dev.finecomb.protocol.json.JsonWriter;

/**
 * One chunk in a mask manifest: a run of groups.
 *
 * @param key the chunk's record key, {@code <parameter>#<number>}
 * @param firstGroup its first group
 * @param endGroup the group behind its last
 * @param bytes length of the record's value
 * @param sha256 digest of the record's value
 */
public record ManifestChunk(String key, long firstGroup, long endGroup, int bytes, String sha256) {
    private static final int MAX_KEY = LayerBits.MAX_PARAMETER_LENGTH + 20;

    /** Refuses empty runs. */
    public ManifestChunk {
        Require.text("key", key, MAX_KEY);
        Require.atLeast("firstGroup", firstGroup, 0);
        if (endGroup <= firstGroup) {
            throw new InvalidValueException("endGroup", "more than " + firstGroup, Long.toString(endGroup));
        }
        Require.atLeast("bytes", bytes, 1);
        Require.sha256("sha256", sha256);
    }

    /** Key of a parameter's chunk, numbered from 0. */
    public static String key(String parameter, int number) {
        return parameter + '#' + number;
    }

    void writeTo(JsonWriter out) {
        out.text("key", key)
                .whole("firstGroup", firstGroup)
                .whole("endGroup", endGroup)
                .whole("bytes", bytes)
                .text("sha256", sha256);
    }

    static ManifestChunk read(JsonObject in) throws MalformedMessageException {
        return new ManifestChunk(
                in.text("key"),
                in.whole("firstGroup"),
                in.whole("endGroup"),
                in.smallWhole("bytes"),
                in.text("sha256"));
    }
}
