package dev.finecomb.helm;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Each kind's own model, and it takes nothing that it does not know. Kubernetes' and Strimzi's models are made by those
 * projects; that of the Prometheus operator comes from OpenShift, which ships it. Of KEDA's there is none for Java, so what
 * the chart uses of it stands here as KEDA's documentation has it.
 */
final class StrictModel {
    /** Decodes, or says what is wrong. */
    @FunctionalInterface
    private interface Decoder {
        void decode(String json) throws IOException;
    }

    /** A check that the Kubernetes models bring along. */
    @FunctionalInterface
    private interface Validation {
        void validate(JsonElement element) throws IOException;
    }

    private static final ObjectMapper STRICT = strict();

    private static final Map<String, Decoder> DECODERS = Map.ofEntries(
            Map.entry("v1 ConfigMap", kubernetes(V1ConfigMap::validateJsonElement, V1ConfigMap::fromJson)),
            Map.entry("v1 Pod", kubernetes(V1Pod::validateJsonElement, V1Pod::fromJson)),
            Map.entry("v1 Service", kubernetes(V1Service::validateJsonElement, V1Service::fromJson)),
            Map.entry(
                    "v1 ServiceAccount", kubernetes(V1ServiceAccount::validateJsonElement, V1ServiceAccount::fromJson)),
            Map.entry("apps/v1 StatefulSet", kubernetes(V1StatefulSet::validateJsonElement, V1StatefulSet::fromJson)),
            Map.entry("batch/v1 Job", kubernetes(V1Job::validateJsonElement, V1Job::fromJson)),
            Map.entry(
                    "networking.k8s.io/v1 NetworkPolicy",
                    kubernetes(V1NetworkPolicy::validateJsonElement, V1NetworkPolicy::fromJson)),
            Map.entry(
                    "policy/v1 PodDisruptionBudget",
                    kubernetes(V1PodDisruptionBudget::validateJsonElement, V1PodDisruptionBudget::fromJson)),
            Map.entry("monitoring.coreos.com/v1 ServiceMonitor", jackson(ServiceMonitor.class)),
            Map.entry("monitoring.coreos.com/v1 PrometheusRule", jackson(PrometheusRule.class)),
            Map.entry("kafka.strimzi.io/v1 KafkaTopic", jackson(KafkaTopic.class)),
            Map.entry("kafka.strimzi.io/v1 KafkaUser", jackson(KafkaUser.class)),
            Map.entry("kafka.strimzi.io/v1beta2 KafkaTopic", jackson(KafkaTopic.class)),
            Map.entry("kafka.strimzi.io/v1beta2 KafkaUser", jackson(KafkaUser.class)),
            Map.entry("keda.sh/v1alpha1 ScaledObject", jackson(ScaledObject.class)));

    private StrictModel() {}

    static void decode(JsonNode object) throws IOException {
        String kind =
                object.path("apiVersion").asText() + " " + object.path("kind").asText();
        Decoder decoder = DECODERS.get(kind);
        if (decoder == null) {
            throw new IOException("no model of " + kind + "; add it to " + StrictModel.class.getSimpleName());
        }
        decoder.decode(object.toString());
    }

    private static Decoder kubernetes(Validation validation, Decoder decoder) {
        return json -> {
            validation.validate(JsonParser.parseString(json));
            decoder.decode(json);
        };
    }

    private static Decoder jackson(Class<?> type) {
        return json -> STRICT.readValue(json, type);
    }

    /** These models keep what they do not know; here they refuse it. */
    private static ObjectMapper strict() {
        var module = new SimpleModule();
        module.setDeserializerModifier(new BeanDeserializerModifier() {
            @Override
            public BeanDeserializerBuilder updateBuilder(
                    DeserializationConfig config, BeanDescription bean, BeanDeserializerBuilder builder) {
                builder.setAnySetter(null);
                return builder;
            }
        });
        return new ObjectMapper()
                .registerModule(module)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    }

    record ScaledObject(String apiVersion, String kind, Metadata metadata, Spec spec) {
        record Metadata(String name, String namespace, Map<String, String> labels) {}

        record Spec(
                Target scaleTargetRef,
                int minReplicaCount,
                int maxReplicaCount,
                int pollingInterval,
                int cooldownPeriod,
                int initialCooldownPeriod,
                List<Trigger> triggers) {}

        record Target(String apiVersion, String kind, String name) {}

        record Trigger(String type, Map<String, String> metadata, Authentication authenticationRef) {}

        record Authentication(String name) {}
    }
}
