package dev.finecomb.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.ValidationMessage;
import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.Golden;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobPhase;
import dev.finecomb.protocol.message.Sample;
import dev.finecomb.protocol.message.Verb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schemas accept what is really written and refuse what our decoders refuse. */
class SchemaTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String ZEROS = "0000000000000000000000000000000000000000000000000000000000000000";
    private static final Set<String> OPTIONAL =
            Set.of("accuracy", "args", "expectedIncarnation", "expiresAt", "details");

    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void acceptsWhatIsWritten(Sample sample) throws IOException {
        assertThat(complaints(sample.schema(), MAPPER.readTree(sample.encoded())))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.finecomb.protocol.message.Sample#all")
    void refusesEveryMissingAndMistypedField(Sample sample) throws IOException {
        for (String field : fields(sample)) {
            ObjectNode without = tree(sample);
            without.remove(field);
            if (!OPTIONAL.contains(field)) {
                assertThat(complaints(sample.schema(), without))
                        .as("without %s", field)
                        .isNotEmpty();
            }
            ObjectNode mistyped = tree(sample);
            mistyped.put(field, true);
            assertThat(complaints(sample.schema(), mistyped))
                    .as("true as %s", field)
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnEventWithoutTheDetailsOfItsKind(EventKind kind) throws IOException {
        Sample sample = Sample.all()
                .filter(one -> one.golden().equals("event-" + kind.wireName()))
                .findFirst()
                .orElseThrow();
        for (String detail : kind.details()) {
            ObjectNode event = tree(sample);
            ((ObjectNode) event.get("details")).remove(detail);

            assertThat(complaints("job-event", event)).as("without %s", detail).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "step-metrics | step | -1",
                "step-metrics | step | 1.5",
                "step-metrics | samples | 0",
                "step-metrics | density | 1.1",
                "step-metrics | state | \"sleeping\"",
                "step-metrics | job | \"a.b\"",
                "event-paused | time | \"2026-01-31 12:00:00\"",
                "event-paused | kind | \"exploded\"",
                "event-started | details | {\"a\":{}}",
                "checkpoint-manifest | modelSha256 | \"ABC\"",
                "checkpoint-manifest | positions | {\"01\":1}",
                "checkpoint-manifest | files | []",
                "checkpoint-manifest | files | [{\"name\":\"../x\",\"bytes\":1,\"sha256\":\"\"}]",
                "checkpoint-manifest-with-content | files | [{\"name\":\"x\",\"bytes\":1,\"sha256\":\"" + ZEROS
                        + "\",\"content\":1}]",
                "command | verb | \"explode\"",
                "command | args | {\"learningRate\":0}",
                "command | id | \"\"",
                "finished-model | pattern | \"0:4\"",
                "finished-model | pattern | \"2:17\"",
                "finished-model | proof | {}",
            })
    void refusesWrongValues(String golden, String field, String wrong) throws IOException {
        Sample sample = Sample.all()
                .filter(one -> one.golden().equals(golden))
                .findFirst()
                .orElseThrow();
        ObjectNode message = tree(sample);
        message.set(field, MAPPER.readTree(wrong));

        assertThat(complaints(sample.schema(), message)).isNotEmpty();
    }

    @Test
    void acceptsARealMaskManifestAndRefusesBrokenOnes() throws IOException {
        JsonNode manifest = MAPPER.readTree(Golden.bytes("masks/manifest.json"));
        assertThat(complaints("mask-manifest", manifest)).isEmpty();

        for (String field : List.of("version", "state", "pattern", "layers", "digest")) {
            ObjectNode without = manifest.deepCopy();
            without.remove(field);
            assertThat(complaints("mask-manifest", without))
                    .as("without %s", field)
                    .isNotEmpty();
        }
        for (String field : List.of("parameter", "shape", "groupAxis", "permutation", "kept", "chunks")) {
            ObjectNode without = manifest.deepCopy();
            ((ObjectNode) without.at("/layers/0")).remove(field);
            assertThat(complaints("mask-manifest", without))
                    .as("without %s", field)
                    .isNotEmpty();
        }
        for (String field : List.of("key", "firstGroup", "endGroup", "bytes", "sha256")) {
            ObjectNode without = manifest.deepCopy();
            ((ObjectNode) without.at("/layers/0/chunks/0")).remove(field);
            assertThat(complaints("mask-manifest", without))
                    .as("without %s", field)
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void acceptsTheHeadersThatAreWritten(MessageKind kind) {
        Headers headers = new RecordHeaders();
        new CloudEvent(Sample.ORIGIN, kind, 0, Instant.EPOCH).writeTo(headers);
        ObjectNode object = object(headers);

        assertThat(complaints("output-headers", object)).isEmpty();
        for (Header header : headers) {
            ObjectNode without = object.deepCopy();
            without.remove(header.key());
            assertThat(complaints("output-headers", without)).as(header.key()).isNotEmpty();
        }
    }

    @Test
    void acceptsTheHeadersOfDeadLetters() {
        Headers headers = new RecordHeaders();
        new DeadLetter(new TopicPartition("t", 0), 1, Sample.ORIGIN, "SHAPE", "x.Decoder", "why").addTo(headers);
        ObjectNode object = object(headers);

        assertThat(complaints("dead-letter-headers", object)).isEmpty();
        object.remove("fc-reason");
        assertThat(complaints("dead-letter-headers", object)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"x\":[[1,2.5],[3,4]],\"y\":[0,1]}", "{\"x\":[[[0.1]]],\"y\":[[1]]}"})
    void acceptsJsonBatches(String batch) throws IOException {
        assertThat(complaints("json-batch", MAPPER.readTree(batch))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "{\"x\":[1]}", "{\"x\":[\"1\"],\"y\":[1]}", "{\"x\":[],\"y\":[1]}", "{\"x\":1,\"y\":[1]}"})
    void refusesOtherBatches(String batch) throws IOException {
        assertThat(complaints("json-batch", MAPPER.readTree(batch))).isNotEmpty();
    }

    @Test
    void listsExactlyTheWordsThatExist() {
        assertThat(words("common", "/$defs/state/enum"))
                .containsExactlyElementsOf(
                        Stream.of(JobPhase.values()).map(JobPhase::wireName).toList());
        assertThat(words("job-event", "/properties/kind/enum"))
                .containsExactlyElementsOf(
                        Stream.of(EventKind.values()).map(EventKind::wireName).toList());
        assertThat(words("command", "/properties/verb/enum"))
                .containsExactlyElementsOf(
                        Stream.of(Verb.values()).map(Verb::wireName).toList());
        assertThat(words("output-headers", "/properties/ce_type/enum"))
                .containsExactlyElementsOf(Stream.of(MessageKind.values())
                        .map(MessageKind::eventType)
                        .toList());
    }

    private static List<String> words(String schema, String pointer) {
        List<String> words = new ArrayList<>();
        Contract.read("schemas/" + schema + ".json").at(pointer).forEach(word -> words.add(word.textValue()));
        return words;
    }

    private static Set<ValidationMessage> complaints(String schema, JsonNode value) {
        JsonSchema compiled = Contract.schema(schema);
        return compiled.validate(value);
    }

    private static ObjectNode tree(Sample sample) throws IOException {
        return (ObjectNode) MAPPER.readTree(sample.goldenBytes());
    }

    private static List<String> fields(Sample sample) throws IOException {
        List<String> fields = new ArrayList<>();
        tree(sample).fieldNames().forEachRemaining(fields::add);
        return fields;
    }

    private static ObjectNode object(Headers headers) {
        ObjectNode object = MAPPER.createObjectNode();
        headers.forEach(header -> object.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return object;
    }
}
