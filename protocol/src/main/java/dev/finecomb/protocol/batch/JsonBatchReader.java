package dev.finecomb.protocol.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.finecomb.protocol.tensor.StrictJson;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON form of a batch: {@code {"x": [[...], ...], "y": [...]}}. Inputs become F32; labels become I64 when every
 * number of theirs is written as an integer, else F32. Keys that the schema does not name are skipped.
 */
final class JsonBatchReader {
    private final BatchSchema schema;
    private final List<String> wanted;
    private final StrictJson format;

    JsonBatchReader(BatchSchema schema) {
        this.schema = schema;
        this.wanted = schema.names();
        this.format = new StrictJson(schema.limits().maxRank() + 2); // a backstop behind the checks of depth here
    }

    Contents read(byte[] value) throws RefusedException {
        try (JsonParser parser = format.open(value)) {
            return readObject(parser);
        } catch (IOException e) {
            throw new RefusedException(
                    RejectReason.JSON_SYNTAX,
                    "the value is not strict JSON: " + StrictJson.explain(e)
                            + "; send {\"x\": [[...]], \"y\": [...]} in UTF-8");
        }
    }

    private Contents readObject(JsonParser parser) throws IOException, RefusedException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new RefusedException(
                    RejectReason.JSON_SYNTAX, "the value is not a JSON object; send {\"x\": [[...]], \"y\": [...]}");
        }
        Map<String, Tensor> tensors = new HashMap<>();
        List<String> names = new ArrayList<>();
        int keys = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            keys = requireRoom(keys + 1);
            String name = parser.currentName();
            names.add(name);
            parser.nextToken();
            if (wanted.contains(name)) {
                int rank = schema.limits().maxRank();
                NumberArray numbers = schema.labels().contains(name) ? NumberArray.labels() : NumberArray.inputs();
                tensors.put(name, new NestedNumbers(parser, name, numbers, rank).read());
            } else {
                keys = skip(parser, name, keys);
            }
        }
        if (parser.nextToken() != null) {
            throw new RefusedException(
                    RejectReason.JSON_SYNTAX, "more follows the object's closing brace; send one object a record");
        }
        return new Contents(names, tensors);
    }

    /** Passes over a value that nobody asked for; returns the keys seen so far, which bound what the parser remembers. */
    private int skip(JsonParser parser, String name, int keysBefore) throws IOException, RefusedException {
        int keys = keysBefore;
        int depth = 0;
        for (JsonToken token = parser.currentToken(); ; token = parser.nextToken()) {
            if (token == JsonToken.FIELD_NAME) {
                keys = requireRoom(keys + 1);
            } else if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            if (depth > schema.limits().maxRank()) {
                throw NestedNumbers.tooDeep(name, schema.limits().maxRank());
            }
            if (depth == 0) {
                return keys;
            }
        }
    }

    private int requireRoom(int keys) throws RefusedException {
        int most = schema.limits().maxTensors();
        if (keys > most) {
            throw new RefusedException(
                    RejectReason.TOO_LARGE,
                    "the JSON holds more than " + most + " keys; send only what the model needs");
        }
        return keys;
    }
}
