package dev.finecomb.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.protocol.TopicSpec;
import dev.finecomb.protocol.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AsyncApiTest {
    private static final String DOCUMENT = "asyncapi.yaml";

    private final JsonNode document = Contract.read(DOCUMENT);

    @Test
    void everyTopicIsAChannelWithTheSameSettingsAndNoOther() {
        Map<String, JsonNode> channels = new HashMap<>();
        document.get("channels").forEach(channel -> channels.put(address(channel), channel));
        List<TopicSpec> topics = new Topics("acme", "digits").specs();

        assertThat(channels.keySet())
                .isEqualTo(new HashSet<>(topics.stream().map(TopicSpec::name).toList()));
        for (TopicSpec topic : topics) {
            JsonNode kafka = channels.getOrDefault(topic.name(), document).at("/bindings/kafka");
            assertThat(kafka.get("partitions").intValue()).isEqualTo(topic.partitions());
            assertThat(kafka.at("/topicConfiguration/cleanup.policy/0").textValue())
                    .isEqualTo(topic.cleanup().policy());
            JsonNode retention = kafka.at("/topicConfiguration/retention.ms");
            switch (topic.cleanup()) {
                case TopicSpec.Compact() ->
                    assertThat(retention.isMissingNode()).isTrue();
                case TopicSpec.Delete(var kept) ->
                    assertThat(retention.longValue()).isEqualTo(kept.toMillis());
            }
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        Set<String> files = new HashSet<>();
        List<String> references = new ArrayList<>();
        follow(DOCUMENT, document, files, references);

        assertThat(references.size()).isGreaterThan(90);
        assertThat(files)
                .containsExactlyInAnyOrder(
                        DOCUMENT,
                        "schemas/common.json",
                        "schemas/step-metrics.json",
                        "schemas/job-event.json",
                        "schemas/checkpoint-manifest.json",
                        "schemas/command.json",
                        "schemas/finished-model.json",
                        "schemas/mask-manifest.json",
                        "schemas/json-batch.json",
                        "schemas/output-headers.json",
                        "schemas/dead-letter-headers.json");
    }

    @Test
    void everyChannelIsUsedByOneOperation() {
        List<String> used = new ArrayList<>();
        document.get("operations")
                .forEach(operation ->
                        used.add(operation.at("/channel/$ref").textValue().substring("#/channels/".length())));
        List<String> channels = new ArrayList<>();
        document.get("channels").fieldNames().forEachRemaining(channels::add);

        assertThat(used).containsExactlyInAnyOrderElementsOf(channels);
    }

    @Test
    void everyOutputCarriesTheHeaders() {
        document.get("operations").forEach(operation -> {
            if (operation.get("action").textValue().equals("send")) {
                JsonNode channel = at(operation.at("/channel/$ref").textValue());
                channel.get("messages").forEach(reference -> {
                    JsonNode message = at(reference.get("$ref").textValue());
                    assertThat(message.has("headers")
                                    || message.at("/traits/0/$ref")
                                            .textValue()
                                            .equals("#/components/messageTraits/output"))
                            .as(message.get("name").textValue())
                            .isTrue();
                });
            }
        });
    }

    private JsonNode at(String reference) {
        return document.at(reference.substring(1));
    }

    private static String address(JsonNode channel) {
        return channel.get("address").textValue().replace("{prefix}", "acme").replace("{job}", "digits");
    }

    /** Walks a file and all that it refers to; a reference that leads nowhere fails. */
    private static void follow(String file, JsonNode root, Set<String> files, List<String> references) {
        if (!files.add(file)) {
            return;
        }
        for (JsonNode reference : root.findValues("$ref")) {
            String[] parts = reference.textValue().split("#", 2);
            String target = parts[0].isEmpty() ? file : sibling(file, parts[0]);
            JsonNode targetRoot = Contract.read(target);
            JsonNode found = parts.length == 1 ? targetRoot : targetRoot.at(parts[1]);
            assertThat(found.isMissingNode()).as("%s in %s", reference, file).isFalse();
            references.add(reference.textValue());
            follow(target, targetRoot, files, references);
        }
    }

    private static String sibling(String file, String name) {
        return file.substring(0, file.lastIndexOf('/') + 1) + name;
    }
}
