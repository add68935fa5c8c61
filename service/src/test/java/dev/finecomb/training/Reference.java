package dev.finecomb.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The numbers that PyTorch computed; {@code make_reference.py} beside them made them. */
record Reference(JsonNode facts) {

    static List<Reference> of(String kind) {
        try (InputStream in = Objects.requireNonNull(Reference.class.getResourceAsStream("reference.json"))) {
            List<Reference> cases = new ArrayList<>();
            JsonMapper.builder().build().readTree(in).get(kind).forEach(node -> cases.add(new Reference(node)));
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(String name) {
        return facts.get(name).asText();
    }

    double number(String name) {
        return facts.get(name).asDouble();
    }

    boolean flag(String name) {
        return facts.get(name).asBoolean();
    }

    float[] floats(String name) {
        return floats(facts.get(name));
    }

    float[] floats(String name, int index) {
        return floats(facts.get(name).get(index));
    }

    int size(String name) {
        return facts.get(name).size();
    }

    private static float[] floats(JsonNode list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) list.get(i).asDouble();
        }
        return values;
    }

    @Override
    public String toString() {
        return text("name");
    }
}
