package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What one object says of another is true. */
class ChartConsistencyTest {
    private static final String JOB = "finecomb.dev/job";

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void eachJobIsOneReplicaBehindAServiceOfItsName(String set) {
        Manifests manifests = Chart.render(set);
        List<ObjectNode> jobs = manifests.all("StatefulSet");

        assertThat(jobs).isNotEmpty();
        for (ObjectNode job : jobs) {
            String name = Manifests.name(job);
            boolean scaled = manifests.all("ScaledObject").stream()
                    .anyMatch(object ->
                            object.at("/spec/scaleTargetRef/name").asText().equals(name));
            JsonNode replicas = job.at("/spec/replicas");
            assertThat(scaled ? replicas.isMissingNode() : replicas.asInt() == 1)
                    .as("%s replicas", name)
                    .isTrue();
            assertThat(job.at("/spec/serviceName").asText()).isEqualTo(name);
            assertThat(name).hasSizeLessThanOrEqualTo(52);
            ObjectNode service = manifests.one("Service", name);
            assertThat(chosen(manifests, service.at("/spec/selector"))).containsExactly("StatefulSet " + name);
            assertThat(chosen(manifests, job.at("/spec/selector/matchLabels"))).containsExactly("StatefulSet " + name);
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void noTwoObjectsShareAName(String set) {
        assertThat(Chart.render(set).all())
                .extracting(Manifests::describe)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(3);
    }

    /** A hook that cannot go where its job goes, or that logs in otherwise, keeps the job from being installed. */
    @ParameterizedTest
    @MethodSource("valueSets")
    void commandsReachBrokersAsTheirJobDoes(String set) {
        List<Manifests.Pod> pods = Chart.render(set).pods();

        for (Manifests.Pod trainer :
                pods.stream().filter(Manifests.Pod::isTrainer).toList()) {
            List<Manifests.Pod> commands = pods.stream()
                    .filter(pod -> !pod.isTrainer()
                            && pod.labels().path(JOB).equals(trainer.labels().path(JOB)))
                    .toList();
            JsonNode container = trainer.spec().at("/containers/0");
            assertThat(commands).isNotEmpty().allSatisfy(command -> {
                JsonNode own = command.spec().at("/containers/0");
                assertThat(command.spec().path("tolerations"))
                        .isEqualTo(trainer.spec().path("tolerations"));
                assertThat(command.spec().path("nodeSelector"))
                        .isEqualTo(trainer.spec().path("nodeSelector"));
                assertThat(own.path("env"))
                        .containsExactlyElementsOf(without(
                                container.path("env"), Set.of("MICRONAUT_CONFIG_FILES", "FINECOMB_CONTROL_TOKEN")));
                assertThat(own.path("envFrom")).isEqualTo(container.path("envFrom"));
                assertThat(own.path("volumeMounts"))
                        .containsExactlyElementsOf(
                                without(container.path("volumeMounts"), Set.of("data", "models", "scratch")));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void policiesChooseThePodsTheyAreMeantFor(String set) {
        Manifests manifests = Chart.render(set);

        for (ObjectNode budget : manifests.all("PodDisruptionBudget")) {
            assertThat(chosen(manifests, budget.at("/spec/selector/matchLabels")))
                    .containsExactly("StatefulSet " + Manifests.name(budget));
        }
        List<String> policed = manifests.all("NetworkPolicy").stream()
                .flatMap(policy -> policed(manifests, policy.at("/spec/podSelector")).stream())
                .toList();
        if (!policed.isEmpty()) {
            assertThat(policed)
                    .containsExactlyInAnyOrderElementsOf(manifests.pods().stream()
                            .map(Manifests.Pod::toString)
                            .toList());
        }
        for (ObjectNode scaled : manifests.all("ScaledObject")) {
            JsonNode target = scaled.at("/spec/scaleTargetRef");
            assertThat(manifests.one(
                            target.path("kind").asText(), target.path("name").asText()))
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void portsAreCalledWhatTheyAreAskedFor(String set) {
        Manifests manifests = Chart.render(set);

        for (Manifests.Pod pod : manifests.pods()) {
            for (JsonNode container : pod.containers()) {
                Set<String> ports = texts(container.path("ports"), "name");
                for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                    JsonNode port = container.at("/" + probe + "/httpGet/port");
                    assertThat(port.isMissingNode() || ports.contains(port.asText()))
                            .as("%s %s", pod, probe)
                            .isTrue();
                    assertThat(port.isMissingNode()).isEqualTo(!pod.isTrainer() || isInit(pod, container));
                }
            }
        }
        Set<String> named = new TreeSet<>();
        manifests.pods().stream()
                .flatMap(pod -> pod.containers().stream())
                .forEach(container -> named.addAll(texts(container.path("ports"), "name")));
        for (ObjectNode service : manifests.all("Service")) {
            assertThat(named).containsAll(texts(service.at("/spec/ports"), "targetPort"));
        }
        for (ObjectNode policy : manifests.all("NetworkPolicy")) {
            policy.at("/spec/ingress")
                    .forEach(rule -> assertThat(named).containsAll(texts(rule.path("ports"), "port")));
        }
        for (ObjectNode monitor : manifests.all("ServiceMonitor")) {
            JsonNode labels = monitor.at("/spec/selector/matchLabels");
            assertThat(manifests.all("Service")).isNotEmpty().allSatisfy(service -> {
                assertThat(isWithin(labels, service.at("/metadata/labels"))).isTrue();
                assertThat(texts(service.at("/spec/ports"), "name"))
                        .containsAll(texts(monitor.at("/spec/endpoints"), "port"));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyMountHasAVolumeAndEveryVolumeAMount(String set) {
        for (Manifests.Pod pod : Chart.render(set).pods()) {
            Set<String> volumes = texts(pod.spec().path("volumes"), "name");
            pod.owner().at("/spec/volumeClaimTemplates").forEach(claim -> volumes.add(Manifests.name(claim)));
            Set<String> mounted = new TreeSet<>();
            for (JsonNode container : pod.containers()) {
                List<String> paths = new ArrayList<>();
                for (JsonNode mount : container.path("volumeMounts")) {
                    mounted.add(mount.path("name").asText());
                    paths.add(mount.path("mountPath").asText());
                }
                assertThat(paths).as("%s", pod).doesNotHaveDuplicates();
            }
            assertThat(mounted).as("%s", pod).isEqualTo(volumes);
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void whatPodsReferToIsThereWhenTheyStart(String set) {
        Manifests manifests = Chart.render(set);
        Map<String, Boolean> configMaps = new HashMap<>();
        manifests.all("ConfigMap").forEach(map -> configMaps.put(Manifests.name(map), isBeforeInstall(map)));

        for (Manifests.Pod pod : manifests.pods()) {
            Set<String> needed = new TreeSet<>();
            for (JsonNode volume : pod.spec().path("volumes")) {
                needed.add(volume.at("/configMap/name").asText());
                volume.at("/projected/sources")
                        .forEach(source ->
                                needed.add(source.at("/configMap/name").asText()));
            }
            needed.remove("");
            assertThat(configMaps.keySet()).as("%s", pod).containsAll(needed);
            if (isBeforeInstall(pod.owner())) {
                assertThat(needed).as("%s", pod).allMatch(map -> Boolean.TRUE.equals(configMaps.get(map)));
                assertThat(pod.spec().path("serviceAccountName").isMissingNode())
                        .isTrue();
            }
            if (pod.isTrainer() && !set.equals("openshift")) {
                assertThat(manifests.one(
                                "ServiceAccount",
                                pod.spec().path("serviceAccountName").asText()))
                        .isNotNull();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void noPodGetsVariablesOrTokensThatNobodyAskedFor(String set) {
        assertThat(Chart.render(set).pods()).allSatisfy(pod -> {
            // FINECOMB_SERVICE_HOST of a Service called finecomb would be an unknown setting: exit code 78.
            assertThat(pod.spec().path("enableServiceLinks").asBoolean(true)).isFalse();
            assertThat(pod.spec().path("automountServiceAccountToken").asBoolean(true))
                    .isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everythingCarriesTheRecommendedLabelsAndItsNamespace(String set) {
        assertThat(Chart.render(set).all()).allSatisfy(object -> {
            assertThat(texts(object.at("/metadata/labels")))
                    .contains(
                            "app.kubernetes.io/name",
                            "app.kubernetes.io/instance",
                            "app.kubernetes.io/version",
                            "app.kubernetes.io/managed-by",
                            "helm.sh/chart");
            boolean strimzi = object.path("apiVersion").asText().startsWith("kafka.strimzi.io");
            assertThat(object.at("/metadata/namespace").asText())
                    .isEqualTo(strimzi && set.equals("strimzi-elsewhere") ? "kafka" : Chart.NAMESPACE);
        });
    }

    private static boolean isInit(Manifests.Pod pod, JsonNode container) {
        return texts(pod.spec().path("initContainers"), "name")
                .contains(container.path("name").asText());
    }

    private static boolean isBeforeInstall(JsonNode object) {
        return object.at("/metadata/annotations").path("helm.sh/hook").asText().contains("pre-install");
    }

    private static List<String> chosen(Manifests manifests, JsonNode selector) {
        assertThat(selector.isObject() && !selector.isEmpty()).isTrue();
        return manifests.pods().stream()
                .filter(pod -> isWithin(selector, pod.labels()))
                .map(Manifests.Pod::toString)
                .toList();
    }

    /** Of several policies all hold: one would open what another closes. */
    private static List<String> policed(Manifests manifests, JsonNode podSelector) {
        List<String> chosen = new ArrayList<>(chosen(manifests, podSelector.path("matchLabels")));
        for (JsonNode expression : podSelector.path("matchExpressions")) {
            assertThat(expression.path("operator").asText()).isEqualTo("NotIn");
            for (JsonNode value : expression.path("values")) {
                chosen.removeAll(chosen(
                        manifests,
                        JsonNodeFactory.instance
                                .objectNode()
                                .set(expression.path("key").asText(), value)));
            }
        }
        return chosen;
    }

    private static boolean isWithin(JsonNode selector, JsonNode labels) {
        return selector.properties().stream().allMatch(label -> label.getValue().equals(labels.path(label.getKey())));
    }

    private static List<JsonNode> without(JsonNode list, Set<String> names) {
        List<JsonNode> others = new ArrayList<>();
        list.forEach(element -> {
            if (!names.contains(element.path("name").asText())) {
                others.add(element);
            }
        });
        return others;
    }

    private static Set<String> texts(JsonNode list, String field) {
        Set<String> texts = new TreeSet<>();
        list.forEach(element -> texts.add(element.path(field).asText()));
        return texts;
    }

    private static Set<String> texts(JsonNode object) {
        Set<String> texts = new TreeSet<>();
        object.fieldNames().forEachRemaining(texts::add);
        return texts;
    }
}
