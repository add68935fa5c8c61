package dev.finecomb.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes one JSON object, compact and in the order of the calls, so that equal messages are equal bytes.
 *
 * <p>JSON has no word for infinities and NaN; {@link #real} refuses them with an {@link InvalidValueException}.
 */
public final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator generator;

    private JsonWriter(JsonGenerator generator) {
        this.generator = generator;
    }

    /** UTF-8 bytes of the object whose fields {@code body} writes. */
    public static byte[] object(Consumer<JsonWriter> body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            generator.writeStartObject();
            body.accept(new JsonWriter(generator));
            generator.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        return out.toByteArray();
    }

    /** Writes the three fields that every output message begins with. */
    public JsonWriter origin(Origin origin) {
        return text("job", origin.job())
                .text("incarnation", origin.incarnation())
                .whole("step", origin.step());
    }

    /** Writes a text field. */
    public JsonWriter text(String name, String value) {
        return write(() -> generator.writeStringField(name, value));
    }

    /** Writes a whole number. */
    public JsonWriter whole(String name, long value) {
        return write(() -> generator.writeNumberField(name, value));
    }

    /** Writes a finite number in the shortest decimal form that reads back as the same double. */
    public JsonWriter real(String name, double value) {
        Require.finite(name, value);
        return write(() -> generator.writeNumberField(name, value));
    }

    /** Writes a truth value. */
    public JsonWriter flag(String name, boolean value) {
        return write(() -> generator.writeBooleanField(name, value));
    }

    /** Writes an array of whole numbers. */
    public JsonWriter wholes(String name, List<Long> values) {
        return write(() -> {
            generator.writeArrayFieldStart(name);
            for (long value : values) {
                generator.writeNumber(value);
            }
            generator.writeEndArray();
        });
    }

    /** Writes an object whose fields {@code body} writes. */
    public JsonWriter object(String name, Consumer<JsonWriter> body) {
        return write(() -> {
            generator.writeObjectFieldStart(name);
            body.accept(this);
            generator.writeEndObject();
        });
    }

    /** Writes an array of objects, each of whose fields {@code body} writes. */
    public <T> JsonWriter objects(String name, List<T> items, BiConsumer<JsonWriter, T> body) {
        return write(() -> {
            generator.writeArrayFieldStart(name);
            for (T item : items) {
                generator.writeStartObject();
                body.accept(this, item);
                generator.writeEndObject();
            }
            generator.writeEndArray();
        });
    }

    private JsonWriter write(Writing writing) {
        try {
            writing.run();
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
    }

    private interface Writing {
        void run() throws IOException;
    }
}
