package dev.finecomb.protocol.tensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a header, token by token; what it keeps is bounded by the limits and by the JSON's own size. */
final class HeaderParser {
    /** The one key that names no tensor: a map of strings. */
    static final String METADATA = "__metadata__";

    private static final int DEPTH = 3; // header, tensor, shape
    private static final StrictJson JSON = new StrictJson(DEPTH);

    private final JsonParser parser;
    private final Limits limits;
    private final List<HeaderEntry> entries = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private HeaderParser(JsonParser parser, Limits limits) {
        this.parser = parser;
        this.limits = limits;
    }

    static Header parse(byte[] json, long dataStart, Limits limits) throws MalformedTensorsException {
        try (JsonParser parser = JSON.open(json)) {
            HeaderParser header = new HeaderParser(parser, limits);
            header.parse();
            return new Header(
                    Collections.unmodifiableList(header.entries),
                    Collections.unmodifiableMap(header.metadata),
                    dataStart);
        } catch (IOException e) {
            throw new MalformedTensorsException(
                    TensorFault.HEADER_SYNTAX,
                    "header is not strict JSON: " + StrictJson.explain(e) + "; write it with a safetensors library",
                    e);
        }
    }

    private void parse() throws IOException, MalformedTensorsException {
        expect(JsonToken.START_OBJECT, "header", "{...}");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = wellFormed(parser.currentName());
            if (name.equals(METADATA)) {
                parseMetadata();
            } else {
                requireRoom("tensors", entries.size());
                entries.add(parseEntry(name));
            }
        }
        if (parser.nextToken() != null) {
            throw syntax("more follows the header's closing brace");
        }
    }

    private void parseMetadata() throws IOException, MalformedTensorsException {
        expect(JsonToken.START_OBJECT, "metadata", METADATA);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            requireRoom("metadata entries", metadata.size());
            String key = wellFormed(parser.currentName());
            expect(JsonToken.VALUE_STRING, "metadata", key);
            metadata.put(key, wellFormed(parser.getText()));
        }
    }

    private HeaderEntry parseEntry(String name) throws IOException, MalformedTensorsException {
        expect(JsonToken.START_OBJECT, "tensor", name);
        @Nullable DType dtype = null;
        @Nullable List<Long> shape = null;
        @Nullable List<Long> offsets = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            switch (key) {
                case "dtype" -> dtype = parseType(name);
                case "shape" -> shape = parseIntegers(name, key, limits.maxRank(), TensorFault.SHAPE);
                case "data_offsets" -> offsets = parseIntegers(name, key, 2, TensorFault.LAYOUT);
                default -> throw syntax("tensor " + Quoted.name(name) + " has the unknown key " + Quoted.name(key));
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw syntax("tensor " + Quoted.name(name) + " needs dtype, shape and two data_offsets");
        }
        return sized(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private static HeaderEntry sized(String name, DType dtype, List<Long> shape, long begin, long end)
            throws MalformedTensorsException {
        long bytes;
        try {
            bytes = Shapes.bytes(dtype, shape);
        } catch (ArithmeticException e) {
            throw new MalformedTensorsException(
                    TensorFault.SHAPE,
                    "tensor " + Quoted.name(name) + " has the impossible shape " + shape + "; its size overflows",
                    e);
        }
        if (end < begin || end - begin != bytes) { // both are non-negative, so the difference can't overflow
            throw new MalformedTensorsException(
                    TensorFault.LAYOUT,
                    "tensor " + Quoted.name(name) + " is " + dtype + shape + " and needs " + bytes
                            + " bytes, but its offsets are [" + begin + ", " + end + "]");
        }
        return new HeaderEntry(name, dtype, shape, begin, end);
    }

    private DType parseType(String name) throws IOException, MalformedTensorsException {
        expect(JsonToken.VALUE_STRING, "dtype of tensor", name);
        String dtype = parser.getText();
        return DType.named(dtype)
                .orElseThrow(() -> new MalformedTensorsException(
                        TensorFault.DTYPE,
                        "tensor " + Quoted.name(name) + " has the unknown dtype " + Quoted.name(dtype)
                                + "; convert it to one of " + List.of(DType.values())));
    }

    private List<Long> parseIntegers(String name, String key, int most, TensorFault excess)
            throws IOException, MalformedTensorsException {
        expect(JsonToken.START_ARRAY, "shape or data_offsets of tensor", name);
        List<Long> integers = new ArrayList<>(Math.min(most, 8));
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw syntax(key + " of tensor " + Quoted.name(name) + " may hold integers only");
            }
            long value = fitsLong() ? parser.getLongValue() : -1;
            if (value < 0 || integers.size() == most) {
                throw new MalformedTensorsException(
                        excess,
                        key + " of tensor " + Quoted.name(name) + " may hold at most " + most
                                + " integers between 0 and 2^63 - 1");
            }
            integers.add(value);
        }
        return List.copyOf(integers);
    }

    private boolean fitsLong() throws IOException {
        return parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    private void expect(JsonToken token, String what, String name) throws IOException, MalformedTensorsException {
        if (parser.nextToken() != token) {
            throw syntax(what + " " + Quoted.name(name) + " must be " + describe(token));
        }
    }

    private static String describe(JsonToken token) {
        if (token == JsonToken.START_OBJECT) {
            return "an object";
        }
        return token == JsonToken.START_ARRAY ? "an array of integers" : "a string";
    }

    private void requireRoom(String what, int held) throws MalformedTensorsException {
        if (held == limits.maxTensors()) {
            throw new MalformedTensorsException(
                    TensorFault.TOO_LARGE,
                    "header names more than " + limits.maxTensors() + " " + what + "; split the value");
        }
    }

    /** Escapes can spell half a surrogate pair, which no UTF-8 can: such a name could never be written again. */
    private static String wellFormed(String text) throws MalformedTensorsException {
        if (!StrictJson.isUnicode(text)) {
            throw syntax("text " + Quoted.name(text) + " holds half a surrogate pair");
        }
        return text;
    }

    private static MalformedTensorsException syntax(String what) {
        return new MalformedTensorsException(
                TensorFault.HEADER_SYNTAX, what + "; write the value with a safetensors library");
    }
}
