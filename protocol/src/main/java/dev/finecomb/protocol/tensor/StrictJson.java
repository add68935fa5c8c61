package dev.finecomb.protocol.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Streaming JSON for bytes that nobody vouches for: UTF-8 and nothing else, no duplicate keys, bounded depth.
 *
 * <p>The parser reads through a strict decoder, because Jackson's own byte path guesses at UTF-16 and lets malformed UTF-8
 * in skipped values pass; and it shares no table of names between documents, so that one document cannot slow down the next.
 */
public final class StrictJson {
    private final JsonFactory factory;

    /** A parser of documents nested at most {@code maxDepth} deep; deeper ones raise an {@link IOException}. */
    public StrictJson(int maxDepth) {
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxStringLength(Integer.MAX_VALUE) // the document's own size bounds it
                .build();
        factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    /** Opens {@code document}; every fault in it is an {@link IOException} of some later token. */
    public JsonParser open(byte[] document) throws IOException {
        return factory.createParser(
                new InputStreamReader(new ByteArrayInputStream(document), StandardCharsets.UTF_8.newDecoder()));
    }

    /** One line that says what is wrong with the document and where. */
    public static String explain(IOException fault) {
        if (fault instanceof CharacterCodingException) {
            return "it is not valid UTF-8";
        }
        if (fault instanceof JsonProcessingException json) {
            // Jackson adds advice for its own callers; it does not concern whoever wrote the JSON.
            String original = String.valueOf(json.getOriginalMessage()).replaceFirst(": enable `[^`]*` to allow", "");
            String what = Quoted.line(original);
            return json.getLocation() == null
                    ? what
                    : what + " at character " + json.getLocation().getCharOffset();
        }
        return Quoted.line(String.valueOf(fault.getMessage()));
    }

    /** Whether UTF-8 can spell {@code text}: not if it holds half a surrogate pair, as escapes in JSON can. */
    static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
