package dev.finecomb.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.protocol.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The parser behind {@link JsonObject}: UTF-8 only, one object only, no field twice, every dimension bounded. */
public final class StrictJson {
    /** Longest value that is parsed; Kafka's own default limit for a record. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 16;
    private static final int MAX_NUMBER_LENGTH = 64;
    private static final int MAX_NAME_LENGTH = 256;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(MAX_BYTES)
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxNameLength(MAX_NAME_LENGTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    static ObjectNode parse(byte[] value) throws MalformedMessageException {
        if (value.length > MAX_BYTES) {
            throw new MalformedMessageException("(value)", "at most " + MAX_BYTES + " bytes", value.length + " bytes");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(utf8(value));
        } catch (JsonProcessingException notJson) {
            throw new MalformedMessageException("(value)", "strict JSON", notJson.getOriginalMessage());
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new MalformedMessageException("(value)", "a JSON object", describe(node));
    }

    static String compact(ObjectNode node) throws JsonProcessingException {
        return MAPPER.writeValueAsString(node);
    }

    /** A value as complaints quote it. */
    static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING, NUMBER, BOOLEAN -> node.toString();
            case NULL -> "null";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case MISSING -> "nothing";
            case BINARY, POJO -> "something that JSON can't say";
        };
    }

    /** Decoded here because Jackson would guess other encodings and let broken sequences pass. */
    private static String utf8(byte[] value) throws MalformedMessageException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new MalformedMessageException("(value)", "UTF-8 text", "bytes that are not UTF-8");
        }
    }
}
