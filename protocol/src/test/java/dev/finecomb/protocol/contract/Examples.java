package dev.finecomb.protocol.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.Golden;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.batch.RejectReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** One example of each message: what the tests hold encoders and decoders to. */
final class Examples {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Origin ORIGIN = new Origin("digits", "2f1c9a4e", 42);
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final int WIDTH = 110;

    private Examples() {}

    /** The value of a JSON message, by its name in the AsyncAPI document. */
    static JsonNode json(String message) {
        return switch (message) {
            case "jsonBatch" -> parsed("{\"x\": [[0.5, 1, 0], [0.25, 0, 1]], \"y\": [3, 7]}");
            case "command" -> golden("messages/command.json");
            case "maskManifest" -> golden("masks/manifest.json");
            case "stepMetrics" -> golden("messages/step-metrics.json");
            case "jobEvent" -> golden("messages/event-removed.json");
            case "checkpointManifest" -> golden("messages/checkpoint-manifest-with-content.json");
            case "finishedModel" -> golden("messages/finished-model.json");
            case String unknown -> throw new AssertionError("no example of " + unknown + ": add one here");
        };
    }

    /** The header of a safetensors message, which the bytes of the tensors follow. */
    static JsonNode safetensorsHeader(String message) {
        return switch (message) {
            case "safetensorsBatch" ->
                parsed("{\"x\": {\"dtype\": \"F32\", \"shape\": [64, 784], \"data_offsets\": [0, 200704]},"
                        + " \"y\": {\"dtype\": \"I64\", \"shape\": [64], \"data_offsets\": [200704, 201216]}}");
            case "maskChunk" -> header(Golden.bytes("masks/fc.weight-0.safetensors"));
            case String unknown -> throw new AssertionError("no example of " + unknown + ": add one here");
        };
    }

    static ObjectNode outputHeaders() {
        Headers headers = new RecordHeaders();
        new CloudEvent(ORIGIN, MessageKind.METRICS, 0, NOON).writeTo(headers);
        return object(headers);
    }

    static ObjectNode deadLetterHeaders() {
        Headers headers = new RecordHeaders();
        new DeadLetter(
                        new TopicPartition("finecomb.digits.batches", 0),
                        41,
                        ORIGIN,
                        RejectReason.LABEL_RANGE.name(),
                        "dev.finecomb.protocol.batch.BatchDecoder",
                        "label 12 of y is not in [0, 10)")
                .addTo(headers);
        return object(headers);
    }

    /** As JSON, what fits into a line in one line. */
    static String pretty(JsonNode value) {
        return pretty(value, "");
    }

    private static String pretty(JsonNode value, String indent) {
        String compact = joined(value, ", ", "", "", element -> pretty(element, ""));
        if (indent.length() + compact.length() <= WIDTH && !compact.contains("\n")) {
            return compact;
        }
        String deeper = indent + "  ";
        return joined(value, ",\n" + deeper, "\n" + deeper, "\n" + indent, element -> pretty(element, deeper));
    }

    private static String joined(
            JsonNode value, String separator, String begin, String end, Function<JsonNode, String> inner) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(entry -> "\"" + entry.getKey() + "\": " + inner.apply(entry.getValue()))
                    .collect(Collectors.joining(separator, "{" + begin, end + "}"));
        }
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(inner)
                        .collect(Collectors.joining(separator, "[" + begin, end + "]"))
                : value.toString();
    }

    private static JsonNode header(byte[] safetensors) {
        int length = (int)
                ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return parsed(new String(safetensors, Long.BYTES, length, StandardCharsets.UTF_8));
    }

    private static JsonNode golden(String file) {
        return parsed(new String(Golden.bytes(file), StandardCharsets.UTF_8));
    }

    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static ObjectNode object(Headers headers) {
        ObjectNode object = JSON.createObjectNode();
        headers.forEach(header -> object.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return object;
    }
}
