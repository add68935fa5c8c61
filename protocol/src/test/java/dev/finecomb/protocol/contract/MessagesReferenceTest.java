package dev.finecomb.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.reference.ReferenceDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesReferenceTest {
    private final JsonNode document = Contract.read("asyncapi.yaml");

    @Test
    void theDocumentSaysWhatTheContractSays() throws IOException {
        new ReferenceDocument("docs/messages.md").require(MessagesReference.markdown(), getClass());
    }

    @Test
    void everyExampleIsValid() {
        List<String> checked = new ArrayList<>();
        document.at("/components/messages").forEach(message -> {
            String file = message.at("/payload/schema/$ref").asText();
            if (!file.isEmpty()) {
                String name = message.get("name").textValue();
                String schema = file.replaceAll("^schemas/|[.]json$", "");
                assertThat(Contract.schema(schema).validate(Examples.json(name)))
                        .as(name)
                        .isEmpty();
                checked.add(name);
            }
        });
        assertThat(checked).hasSize(7);
        assertThat(Contract.schema("output-headers").validate(Examples.outputHeaders()))
                .isEmpty();
        assertThat(Contract.schema("dead-letter-headers").validate(Examples.deadLetterHeaders()))
                .isEmpty();
    }

    @Test
    void everyFieldHasAMeaning() {
        for (String schema : List.of(
                "json-batch",
                "command",
                "mask-manifest",
                "step-metrics",
                "job-event",
                "checkpoint-manifest",
                "finished-model",
                "output-headers",
                "dead-letter-headers")) {
            assertThat(SchemaFields.of(schema))
                    .isNotEmpty()
                    .allSatisfy(field -> assertThat(field.meaning())
                            .as("%s of %s", field.path(), schema)
                            .isNotEmpty());
        }
    }

    @Test
    void fieldsAreFoundHoweverDeepAndWhateverTheyReferTo() {
        assertThat(SchemaFields.of("mask-manifest"))
                .contains(new SchemaFields.Field(
                        "layers[].chunks[].sha256",
                        "string like `^[0-9a-f]{64}$`",
                        true,
                        "Digest of the record's value."));
        assertThat(SchemaFields.of("checkpoint-manifest"))
                .extracting(SchemaFields.Field::path)
                .contains("positions.*", "files[].bytes", "files[].content");
        assertThat(SchemaFields.of("step-metrics")).anySatisfy(field -> {
            assertThat(field.path()).isEqualTo("accuracy");
            assertThat(field.required()).isFalse();
            assertThat(field.type()).isEqualTo("number (0 to 1), or null");
        });
        assertThat(SchemaFields.conditions("job-event"))
                .contains("`kind` is `failed`: `details` holds `reason`, `exitCode`");
    }
}
