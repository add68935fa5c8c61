package dev.finecomb.protocol.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The fields of a JSON Schema, nested ones too, and the types, conditions and words that describe them. */
final class SchemaFields {

    /**
     * One field.
     *
     * @param path its name; below an array {@code name[].below}, below a map {@code name.*}
     * @param type what values it has, in words
     * @param required whether it must be there, given what holds it is
     * @param meaning its description; may be empty
     */
    record Field(String path, String type, boolean required, String meaning) {}

    private final List<Field> fields = new ArrayList<>();
    private final JsonNode root;

    private SchemaFields(JsonNode root) {
        this.root = root;
    }

    /** All fields of the object that a schema describes, in the schema's order. */
    static List<Field> of(String schema) {
        JsonNode root = Contract.read("schemas/" + schema + ".json");
        var collected = new SchemaFields(root);
        collected.below("", root);
        return collected.fields;
    }

    /** What a schema asks for in some cases only, a sentence each. */
    static List<String> conditions(String schema) {
        JsonNode root = Contract.read("schemas/" + schema + ".json");
        List<String> sentences = new ArrayList<>();
        List<JsonNode> cases = new ArrayList<>(List.of(root));
        root.path("allOf").forEach(cases::add);
        for (JsonNode each : cases) {
            each.at("/if/properties")
                    .properties()
                    .forEach(property -> each.at("/then/properties")
                            .properties()
                            .forEach(then -> sentences.add("`" + property.getKey() + "` is `"
                                    + property.getValue().get("const").textValue() + "`: `" + then.getKey() + "` holds "
                                    + words(then.getValue().path("required"))
                                            .map(name -> named(then.getValue(), name.textValue()))
                                            .collect(Collectors.joining(", ")))));
        }
        return sentences;
    }

    private static String named(JsonNode object, String field) {
        String description =
                object.at("/properties/" + field + "/description").asText().replaceFirst("[.]$", "");
        return "`" + field + "`" + (description.isEmpty() ? "" : " (" + description + ")");
    }

    private void below(String path, JsonNode object) {
        Set<String> required = new HashSet<>();
        object.path("required").forEach(name -> required.add(name.textValue()));
        String prefix = path.isEmpty() ? "" : path + ".";
        object.path("properties")
                .properties()
                .forEach(property ->
                        add(prefix + property.getKey(), property.getValue(), required.contains(property.getKey())));
        if (object.path("additionalProperties").isObject()) {
            add(prefix + "*", object.path("additionalProperties"), false);
        }
    }

    private void add(String path, JsonNode raw, boolean required) {
        JsonNode schema = resolved(raw);
        fields.add(new Field(
                path, type(schema), required, schema.path("description").asText()));
        below(path, schema);
        if (schema.has("items") && !schema.at("/items/$ref").asText().startsWith("#")) {
            below(path + "[]", resolved(schema.get("items")));
        }
    }

    /** What a reference leads to, with the neighbours of the reference over it. */
    private JsonNode resolved(JsonNode schema) {
        if (!schema.has("$ref")) {
            return schema;
        }
        String[] parts = schema.get("$ref").textValue().split("#", 2);
        JsonNode target = parts[0].isEmpty()
                ? root.at(parts[1])
                : Contract.read("schemas/" + parts[0]).at(parts[1]);
        // Within common.json a reference names no file.
        JsonNode found =
                target.isMissingNode() ? Contract.read("schemas/common.json").at(parts[1]) : target;
        ObjectNode merged = resolved(found).deepCopy();
        schema.properties().forEach(own -> {
            if (own.getValue() instanceof ObjectNode more && merged.get(own.getKey()) instanceof ObjectNode old) {
                merged.set(own.getKey(), merge(old.deepCopy(), more));
            } else if (!own.getKey().equals("$ref")) {
                merged.set(own.getKey(), own.getValue());
            }
        });
        return merged;
    }

    private static ObjectNode merge(ObjectNode old, ObjectNode more) {
        more.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode below && old.get(entry.getKey()) instanceof ObjectNode held) {
                old.set(entry.getKey(), merge(held.deepCopy(), below));
            } else {
                old.set(entry.getKey(), entry.getValue());
            }
        });
        return old;
    }

    private String type(JsonNode schema) {
        if (schema.has("oneOf")) {
            return words(schema.get("oneOf")).map(each -> type(resolved(each))).collect(Collectors.joining(", or "));
        }
        if (schema.has("enum")) {
            return words(schema.get("enum")).map(SchemaFields::literal).collect(Collectors.joining(", "));
        }
        if (schema.has("const")) {
            return literal(schema.get("const"));
        }
        String name = schema.path("type").isArray()
                ? words(schema.get("type")).map(JsonNode::textValue).collect(Collectors.joining(" or "))
                : schema.path("type").asText();
        if (name.equals("array")) {
            if (schema.at("/items/$ref").asText().startsWith("#")) {
                return "array of " + nested(resolved(schema.get("items")));
            }
            return "array of " + type(resolved(schema.get("items")))
                    + range(schema, "minItems", "maxItems", " elements");
        }
        return name
                + range(schema, "minimum", "maximum", "")
                + range(schema, "minLength", "maxLength", " characters")
                + (schema.has("pattern") ? " like `" + schema.get("pattern").textValue() + "`" : "");
    }

    /** Elements that are numbers or arrays of elements again. */
    private String nested(JsonNode element) {
        return words(element.get("oneOf"))
                .map(each -> each.path("type").asText().equals("array") ? "such arrays" : type(each))
                .collect(Collectors.joining(", or of "));
    }

    private static String range(JsonNode schema, String least, String most, String unit) {
        boolean low = schema.has(least);
        // The bounds of Java's own types tell a reader nothing.
        boolean high = schema.has(most) && schema.get(most).longValue() < Integer.MAX_VALUE;
        if (low && high) {
            return " (" + schema.get(least).asText() + " to " + schema.get(most).asText() + unit + ")";
        }
        if (low) {
            String one = schema.get(least).asText();
            return " (at least " + one + (one.equals("1") ? unit.replaceFirst("s$", "") : unit) + ")";
        }
        return high ? " (at most " + schema.get(most).asText() + unit + ")" : "";
    }

    private static String literal(JsonNode value) {
        return "`" + value.asText() + "`";
    }

    private static Stream<JsonNode> words(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
