package dev.finecomb.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finecomb.protocol.MalformedMessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StrictDecodingTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Set<String> OPTIONAL =
            Set.of("accuracy", "args", "expectedIncarnation", "expiresAt", "details");

    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void everyMissingFieldIsNamed(Sample sample) throws IOException {
        for (String field : fields(sample)) {
            if (!OPTIONAL.contains(field)) {
                ObjectNode message = tree(sample);
                message.remove(field);

                MalformedMessageException refusal = refusal(sample, message);
                assertThat(refusal.field()).isEqualTo(field);
                assertThat(refusal.found()).isEqualTo("no such field");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void everyMistypedFieldIsNamed(Sample sample) throws IOException {
        for (String field : fields(sample)) {
            JsonNode right = tree(sample).get(field);
            for (JsonNode wrong : mistyped(right)) {
                ObjectNode message = tree(sample);
                message.set(field, wrong);

                MalformedMessageException refusal = refusal(sample, message);
                assertThat(refusal.field()).isEqualTo(field);
                assertThat(refusal.expected()).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void unknownFieldsAreIgnored(Sample sample) throws IOException, MalformedMessageException {
        ObjectNode message = tree(sample);
        message.putObject("fromTheFuture").put("answer", 42);

        assertThat(sample.decoder().decode(MAPPER.writeValueAsBytes(message))).isEqualTo(sample.message());
    }

    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void flippedBitsGiveAMessageOrARefusal(Sample sample) {
        Random random = new Random(sample.golden().length());
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = sample.encoded().clone();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(sample.decoder().decode(bytes)).isNotNull();
            } catch (MalformedMessageException refusal) {
                assertThat(refusal.field()).isNotEmpty();
            }
        }
    }

    private static List<JsonNode> mistyped(JsonNode right) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        List<JsonNode> wrong = new ArrayList<>(List.of(make.booleanNode(true)));
        if (!right.isObject()) {
            wrong.add(make.objectNode());
        }
        if (!right.isArray()) {
            wrong.add(make.arrayNode());
        }
        wrong.add(right.isTextual() ? make.numberNode(1) : make.textNode("1"));
        return wrong;
    }

    private static MalformedMessageException refusal(Sample sample, ObjectNode message) throws IOException {
        byte[] value = MAPPER.writeValueAsBytes(message);
        MalformedMessageException refusal = catchThrowableOfType(
                MalformedMessageException.class, () -> sample.decoder().decode(value));
        assertThat(refusal).as("%s", message).isNotNull();
        return refusal;
    }

    private static ObjectNode tree(Sample sample) throws IOException {
        return (ObjectNode) MAPPER.readTree(sample.goldenBytes());
    }

    private static List<String> fields(Sample sample) throws IOException {
        List<String> fields = new ArrayList<>();
        tree(sample).fieldNames().forEachRemaining(fields::add);
        return fields;
    }
}
