package dev.finecomb.protocol.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import dev.finecomb.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A received JSON object, read field by field. Every getter demands that its field is there and of its type; fields that
 * nobody asks for are ignored. Complaints name the field by its path, what was expected and what was found.
 */
public final class JsonObject {
    private final ObjectNode node;
    private final String path;

    private JsonObject(ObjectNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /** Makes a message of an object; it may throw {@link InvalidValueException} too. */
    @FunctionalInterface
    public interface Reader<T> {
        /** Reads the object's fields. */
        T read(JsonObject object) throws MalformedMessageException;
    }

    /** Decodes a whole value of at most {@link StrictJson#MAX_BYTES} bytes. */
    public static <T> T decode(byte[] value, Reader<T> reader) throws MalformedMessageException {
        return new JsonObject(StrictJson.parse(value), "").read(reader);
    }

    /** Whether the field is there and not null. */
    public boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** Names of all fields, in their order. */
    public List<String> names() {
        List<String> names = new ArrayList<>(node.size());
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The three fields that every output message begins with. */
    public Origin origin() throws MalformedMessageException {
        return new Origin(text("job"), text("incarnation"), whole("step"));
    }

    /** A text. */
    public String text(String name) throws MalformedMessageException {
        JsonNode value = value(name, "text");
        if (!value.isTextual()) {
            throw mistyped(name, "text", value);
        }
        return value.textValue();
    }

    /** A number written without fraction or exponent that fits 64 bits. */
    public long whole(String name) throws MalformedMessageException {
        return whole(path + name, value(name, "a whole number"));
    }

    /** A number written without fraction or exponent that fits 32 bits. */
    public int smallWhole(String name) throws MalformedMessageException {
        long value = whole(name);
        if (value != (int) value) {
            throw new MalformedMessageException(
                    path + name, "a whole number of at most " + Integer.MAX_VALUE, Long.toString(value));
        }
        return (int) value;
    }

    /** A finite number. */
    public double real(String name) throws MalformedMessageException {
        JsonNode value = value(name, "a number");
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw mistyped(name, "a finite number", value);
        }
        return value.doubleValue();
    }

    /** A truth value. */
    public boolean flag(String name) throws MalformedMessageException {
        JsonNode value = value(name, "true or false");
        if (!value.isBoolean()) {
            throw mistyped(name, "true or false", value);
        }
        return value.booleanValue();
    }

    /** A time in UTC, ISO 8601. */
    public Instant time(String name) throws MalformedMessageException {
        String text = text(name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException notATime) {
            throw new MalformedMessageException(
                    path + name, "a time such as 2026-01-31T12:00:00Z", Require.quote(text));
        }
    }

    /** Text, number or truth value. */
    public Scalar scalar(String name) throws MalformedMessageException {
        JsonNode value = value(name, "text, a number or true or false");
        if (value.isTextual()) {
            return new Scalar.Text(value.textValue());
        }
        if (value.isBoolean()) {
            return new Scalar.Flag(value.booleanValue());
        }
        return value.isIntegralNumber() ? new Scalar.Whole(whole(name)) : new Scalar.Real(real(name));
    }

    /** One of a closed list of words. */
    public <E extends Enum<E> & WireName> E word(String name, Class<E> words) throws MalformedMessageException {
        String text = text(name);
        for (E word : words.getEnumConstants()) {
            if (word.wireName().equals(text)) {
                return word;
            }
        }
        String known =
                Arrays.stream(words.getEnumConstants()).map(WireName::wireName).collect(Collectors.joining(", "));
        throw new MalformedMessageException(path + name, "one of " + known, Require.quote(text));
    }

    /** An object whose fields are all scalars; {@code Map.of()} if there is none. */
    public Map<String, Scalar> scalars(String name) throws MalformedMessageException {
        return has(name) ? object(name, JsonObject::scalars) : Map.of();
    }

    private Map<String, Scalar> scalars() throws MalformedMessageException {
        Map<String, Scalar> scalars = new TreeMap<>();
        for (String name : names()) {
            scalars.put(name, scalar(name));
        }
        return scalars;
    }

    /** An array of whole numbers. */
    public List<Long> wholes(String name) throws MalformedMessageException {
        JsonNode array = array(name);
        List<Long> values = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            values.add(whole(path + name + '[' + i + ']', array.get(i)));
        }
        return List.copyOf(values);
    }

    /** An object, turned into a {@code T}. */
    public <T> T object(String name, Reader<T> reader) throws MalformedMessageException {
        return child(value(name, "an object"), path + name).read(reader);
    }

    /** An array of objects, each turned into a {@code T}. */
    public <T> List<T> objects(String name, Reader<T> reader) throws MalformedMessageException {
        JsonNode array = array(name);
        List<T> items = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            items.add(child(array.get(i), path + name + '[' + i + ']').read(reader));
        }
        return List.copyOf(items);
    }

    /** SHA-256 of this object without the field {@code name}, as compact JSON in its own order. */
    public String sha256Without(String name) throws MalformedMessageException {
        ObjectNode rest = node.deepCopy();
        rest.remove(name);
        try {
            return Sha256.hex(StrictJson.compact(rest).getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException unwritable) {
            throw new MalformedMessageException(path + "(value)", "JSON", String.valueOf(unwritable.getMessage()));
        }
    }

    private <T> T read(Reader<T> reader) throws MalformedMessageException {
        try {
            return reader.read(this);
        } catch (InvalidValueException refused) {
            throw MalformedMessageException.at(path, refused);
        }
    }

    private JsonNode array(String name) throws MalformedMessageException {
        JsonNode value = value(name, "an array");
        if (!value.isArray()) {
            throw mistyped(name, "an array", value);
        }
        return value;
    }

    private JsonNode value(String name, String expected) throws MalformedMessageException {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new MalformedMessageException(path + name, expected, "no such field");
        }
        return value;
    }

    private MalformedMessageException mistyped(String name, String expected, JsonNode found) {
        return new MalformedMessageException(path + name, expected, StrictJson.describe(found));
    }

    private static long whole(String path, JsonNode value) throws MalformedMessageException {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new MalformedMessageException(path, "a whole number of 64 bits", StrictJson.describe(value));
        }
        return value.longValue();
    }

    private static JsonObject child(JsonNode value, String path) throws MalformedMessageException {
        if (value instanceof ObjectNode object) {
            return new JsonObject(object, path + '.');
        }
        throw new MalformedMessageException(path, "an object", StrictJson.describe(value));
    }
}
