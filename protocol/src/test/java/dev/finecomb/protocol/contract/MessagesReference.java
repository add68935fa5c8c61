package dev.finecomb.protocol.contract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.protocol.batch.RejectReason;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The reference of all topics and messages, made from the AsyncAPI document, the JSON Schemas and the examples. */
final class MessagesReference {
    private static final String OUTPUT_TRAIT = "#/components/messageTraits/output";

    private final JsonNode document = Contract.read("asyncapi.yaml");
    private final StringBuilder text = new StringBuilder();

    private MessagesReference() {}

    static String markdown() {
        return new MessagesReference().write();
    }

    private String write() {
        text.append("# Messages: every topic, every field\n\n")
                .append(
                        "Made from [`asyncapi.yaml`](../src/main/resources/dev/finecomb/protocol/asyncapi.yaml) and the JSON"
                                + " Schemas beside it; a test holds it to them, and each example to its schema.\n\n")
                .append(document.at("/info/description").asText())
                .append(
                        "\n\n`{prefix}` is `finecomb` unless `kafka.prefix` says otherwise, `{job}` the job's name. A field"
                                + " without \"yes\" may be missing; below an array or a map, \"yes\" is meant for each element.\n");
        document.get("channels").properties().forEach(channel -> channel(channel.getValue()));
        text.append("\n## Headers of every output but dead letters\n\n")
                .append(Contract.read("schemas/output-headers.json")
                        .get("description")
                        .asText())
                .append(' ')
                .append("Every value is a text.\n\n");
        fields("output-headers");
        example(Examples.pretty(Examples.outputHeaders()));
        reasons();
        return text.toString();
    }

    private void channel(JsonNode channel) {
        JsonNode kafka = channel.at("/bindings/kafka/topicConfiguration");
        JsonNode retention = kafka.path("retention.ms");
        String days = retention.isMissingNode()
                ? ""
                : ", " + Duration.ofMillis(retention.longValue()).toDays() + " days";
        text.append("\n## `").append(channel.get("address").textValue()).append("`\n\n");
        text.append(channel.get("title").textValue())
                .append(". ")
                .append(channel.get("description").textValue())
                .append(" Cleanup: ")
                .append(kafka.at("/cleanup.policy/0").textValue())
                .append(days)
                .append(".\n");
        channel.get("messages")
                .forEach(reference -> message(at(reference.get("$ref").textValue())));
    }

    private void message(JsonNode message) {
        String name = message.get("name").textValue();
        text.append("\n### ").append(message.get("title").textValue()).append("\n\n");
        if (message.has("summary")) {
            text.append(message.get("summary").textValue()).append("\n\n");
        }
        text.append("- Value: `").append(contentType(message)).append("`\n");
        text.append("- Key: ").append(key(message.at("/bindings/kafka/key"))).append('\n');
        text.append("- Headers: ").append(headers(message)).append("\n\n");
        JsonNode schema = message.at("/payload/schema/$ref");
        if (!schema.isMissingNode()) {
            payload(name, schemaName(schema.textValue()));
        } else if (contentType(message).equals("application/vnd.safetensors")) {
            text.append("The header of an example, which the tensors' bytes follow:\n");
            example(Examples.pretty(Examples.safetensorsHeader(name)));
        }
        JsonNode own = message.at("/headers/schema/$ref");
        if (!own.isMissingNode()) {
            text.append("Headers that it gains:\n\n");
            fields(schemaName(own.textValue()));
            example(Examples.pretty(Examples.deadLetterHeaders()));
        }
    }

    private void payload(String message, String schema) {
        String description =
                Contract.read("schemas/" + schema + ".json").path("description").asText();
        if (!description.isEmpty()) {
            text.append(description).append("\n\n");
        }
        fields(schema);
        SchemaFields.conditions(schema)
                .forEach(sentence -> text.append("\n- ").append(sentence).append('.'));
        text.append(SchemaFields.conditions(schema).isEmpty() ? "" : "\n");
        example(Examples.pretty(Examples.json(message)));
    }

    private void fields(String schema) {
        text.append("| field | type | required | meaning |\n| --- | --- | --- | --- |\n");
        SchemaFields.of(schema)
                .forEach(field -> text.append("| `")
                        .append(field.path())
                        .append("` | ")
                        .append(field.type().replace("|", "\\|"))
                        .append(" | ")
                        .append(field.required() ? "yes" : "")
                        .append(" | ")
                        .append(field.meaning())
                        .append(" |\n"));
    }

    private void example(String value) {
        text.append("\n```json\n").append(value).append("\n```\n");
    }

    private void reasons() {
        text.append(
                "\n## Reasons of dead letters\n\n`fc-reason` is one of these.\n\n| reason | when |\n| --- | --- |\n");
        text.append(Stream.of(RejectReason.values())
                .map(reason -> "| `" + reason.name() + "` | " + reason.description() + " |\n")
                .collect(Collectors.joining()));
    }

    private String contentType(JsonNode message) {
        return message.has("contentType")
                ? message.get("contentType").textValue()
                : document.get("defaultContentType").textValue();
    }

    private static String key(JsonNode key) {
        return key.has("const")
                ? "`" + key.get("const").textValue() + "`"
                : key.get("description").textValue().replaceFirst("[.]$", "");
    }

    private static String headers(JsonNode message) {
        boolean output = StreamSupport.stream(message.path("traits").spliterator(), false)
                .anyMatch(trait -> trait.get("$ref").textValue().equals(OUTPUT_TRAIT));
        if (output) {
            return "[those of every output](#headers-of-every-output-but-dead-letters)";
        }
        if (message.has("headers")) {
            return "the record's own, and those below";
        }
        return message.get("name").textValue().endsWith("Batch")
                ? "any; a `content-type` must be that of the value"
                : "any";
    }

    private JsonNode at(String reference) {
        return document.at(reference.substring(1));
    }

    private static String schemaName(String file) {
        return file.substring(file.lastIndexOf('/') + 1).replaceFirst("[.]json$", "");
    }
}
