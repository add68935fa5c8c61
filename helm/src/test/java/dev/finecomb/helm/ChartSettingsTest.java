package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job is told, and what surrounds it, follows from the values. */
class ChartSettingsTest {
    private static final Path DOCS = Path.of("../service/docs");

    @Test
    void theChartAddsWhatItKnows() {
        JsonNode settings = Chart.render("minimal").settings("finecomb-digits");

        assertThat(settings.at("/finecomb/kafka"))
                .isEqualTo(Manifests.parse(
                        "{bootstrap-servers: 'kafka:9092', create-topics: true, job: digits, prefix: finecomb}"));
        assertThat(settings.at("/finecomb/checkpoint/directory").asText()).isEqualTo("/data/checkpoints");
        assertThat(settings.at("/finecomb/export/directory").asText()).isEqualTo("/data/export");
        assertThat(settings.at("/finecomb/model/architecture/inputs/0").asInt()).isEqualTo(784);
        assertThat(settings.at("/finecomb/model/device").isMissingNode()).isTrue();
        assertThat(settings.at("/micronaut/server/host").asText()).isEqualTo("0.0.0.0");
    }

    @Test
    void aJobsOwnValuesWinOverThoseOfAll() {
        Manifests manifests = Chart.render("several");
        JsonNode first = manifests.settings("finecomb-first");
        JsonNode second = manifests.settings("finecomb-second");

        assertThat(first.at("/finecomb/training/learning-rate/base").asDouble()).isEqualTo(0.05);
        assertThat(second.at("/finecomb/training/learning-rate/base").asDouble())
                .isEqualTo(0.01);
        assertThat(second.at("/finecomb/training/learning-rate/total-steps").isInt())
                .as("no float")
                .isTrue();
        assertThat(second.at("/finecomb/sparsity/pattern").textValue())
                .as("no time of day")
                .isEqualTo("2:4");
        assertThat(first.at("/finecomb/model/device").asText()).isEqualTo("gpu");
        assertThat(second.at("/finecomb/model/device").isMissingNode()).isTrue();
        ObjectNode job = manifests.one("StatefulSet", "finecomb-second");
        assertThat(job.at("/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem")
                        .asBoolean(true))
                .as("false over true")
                .isFalse();
        assertThat(job.at("/spec/template/spec/containers/0/resources/limits").has("nvidia.com/gpu"))
                .isFalse();
    }

    @Test
    void aJobsOwnModelsStandInThePlaceOfThoseOfAll(@TempDir Path directory) throws IOException {
        Path values = Files.writeString(
                directory.resolve("values.yaml"),
                Files.readString(Chart.values("several"))
                        .replace("  - name: first", "  - name: first\n    modelsVolume: {nfs: {server: a, path: /b}}")
                        .replace("  - name: second", "  - name: second\n    modelsVolume: {}"));
        Manifests manifests = Chart.render(values);

        assertThat(volume(manifests, "finecomb-first", "models"))
                .isEqualTo(Manifests.parse("{name: models, nfs: {server: a, path: /b}}"));
        assertThat(volume(manifests, "finecomb-second", "models").isMissingNode())
                .isTrue();
        assertThat(volume(Chart.render("several"), "finecomb-second", "models").has("persistentVolumeClaim"))
                .isTrue();
    }

    private static JsonNode volume(Manifests manifests, String job, String name) {
        for (JsonNode volume : manifests.one("StatefulSet", job).at("/spec/template/spec/volumes")) {
            if (volume.path("name").asText().equals(name)) {
                return volume;
            }
        }
        return MissingNode.getInstance();
    }

    @Test
    void theGraceFollowsTheLongestCut() {
        Manifests manifests = Chart.render("several");

        assertThat(manifests
                        .one("StatefulSet", "finecomb-first")
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt())
                .isEqualTo(30 + 35);
        assertThat(manifests
                        .one("StatefulSet", "finecomb-second")
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt())
                .isEqualTo(300 + 35);
    }

    @Test
    void aStepMayTakeAsLongAsTheLongestCut(@TempDir Path directory) throws IOException {
        Path values = Files.writeString(
                directory.resolve("values.yaml"),
                Files.readString(Chart.values("several")).replace("longestCutSeconds: 300", "longestCutSeconds: 301"));

        assertThat(Chart.render(values)
                        .settings("finecomb-second")
                        .at("/endpoints/health/training-progress-bound")
                        .asText())
                .isEqualTo("301s");
        assertThat(Chart.render("several").settings("finecomb-second").has("endpoints"))
                .as("the service's own is 5 minutes")
                .isFalse();
    }

    @Test
    void aGpuIsAskedForByItsResource() {
        assertThat(limits("gpu", "finecomb-digits").path("nvidia.com/gpu").asInt())
                .isEqualTo(1);
        assertThat(image("gpu", "finecomb-digits")).isEqualTo("finecomb/finecomb:0.1.0-cuda");
        assertThat(image("minimal", "finecomb-digits")).isEqualTo("finecomb/finecomb:0.1.0-cpu");
        assertThat(limits("mig", "finecomb-slices")
                        .path("nvidia.com/mig-3g.40gb")
                        .asInt())
                .isEqualTo(1);
        assertThat(limits("mig", "finecomb-slices").has("nvidia.com/gpu")).isFalse();
        assertThat(image("mig", "finecomb-slices")).startsWith("registry.example/finecomb@sha256:0123");
        assertThat(Chart.render("mig")
                        .settings("finecomb-slices")
                        .at("/finecomb/model/device")
                        .asText())
                .as("what the job says wins")
                .isEqualTo("auto");
    }

    @Test
    void secretsAreNamedAndNeverTaken() throws IOException {
        for (String set : Chart.valueSets()) {
            assertThat(Chart.render(set).all("Secret")).as(set).isEmpty();
        }
        JsonNode pod =
                Chart.render("secured").one("StatefulSet", "finecomb-reviews").at("/spec/template/spec");
        assertThat(pod.at("/containers/0/env/1/valueFrom/secretKeyRef"))
                .isEqualTo(Manifests.parse("{name: reviews-orders, key: token}"));
        assertThat(pod.at("/volumes/1/projected/sources").findValuesAsText("name"))
                .containsExactly("reviews-kafka", "kafka-ca", "kafka-ca", "finecomb-reviews");
        assertThat(pod.at("/containers/0/volumeMounts").toString())
                .as("by subPath a changed secret would not arrive")
                .contains("{\"name\":\"kafka\",\"mountPath\":\"/etc/finecomb/kafka\",\"readOnly\":true}");
    }

    @Test
    void aCertificateAloneIsAFileAndNoProperties() {
        Manifests manifests = Chart.render("names");

        assertThat(manifests
                        .settings("finecomb-a")
                        .at("/finecomb/kafka/properties-file")
                        .isMissingNode())
                .isTrue();
        assertThat(manifests.pods())
                .isNotEmpty()
                .allSatisfy(pod -> assertThat(pod.spec().at("/volumes/1/projected/sources"))
                        .isEqualTo(Manifests.parse("""
                                [{secret: {name: kafka-ca, items: [{key: ca.crt, path: cluster-ca.crt}]}},
                                 {secret: {name: kafka-ca, optional: true, items: [
                                   {key: ca.p12, path: cluster-ca.p12}, {key: ca.password, path: cluster-ca.password}]}}]
                                """)));
    }

    @Test
    void aSecretAloneBringsTheProperties() {
        Manifests manifests = Chart.render("topics-job");

        assertThat(List.of("finecomb-reviews", "finecomb-reviews.topics"))
                .allSatisfy(name -> assertThat(manifests
                                .settings(name)
                                .at("/finecomb/kafka/properties-file")
                                .asText())
                        .isEqualTo("/etc/finecomb/kafka/client.properties"));
        assertThat(manifests.pods())
                .isNotEmpty()
                .allSatisfy(pod -> assertThat(pod.spec().at("/volumes/1/projected/sources"))
                        .isEqualTo(Manifests.parse("[{secret: {name: reviews-kafka}}]")));
    }

    @Test
    void aCertificateAloneLeavesStrimzisUserInForce(@TempDir Path directory) throws IOException {
        Path values = Files.writeString(
                directory.resolve("values.yaml"),
                Files.readString(Chart.values("strimzi")).replace("kafka: {", "kafka: {caSecret: other-ca, "));

        Manifests manifests = Chart.render(values);
        assertThat(manifests
                        .one("StatefulSet", "finecomb-one")
                        .at("/spec/template/spec/volumes/1/projected/sources")
                        .findValuesAsText("name"))
                .containsExactly("finecomb-one", "other-ca", "other-ca", "finecomb-one");
        assertThat(clientProperties(manifests, "finecomb-one"))
                .contains("ssl.truststore.type=PEM", "ssl.truststore.location=/etc/finecomb/kafka/cluster-ca.crt");
    }

    /** While the authority's key is replaced, {@code ca.crt} is the new one alone, and brokers still show the old one's. */
    @Test
    void strimzisAuthoritiesAreBelievedAllTheTime(@TempDir Path directory) throws IOException {
        String values = Files.readString(Chart.values("strimzi"));
        for (String same : List.of(
                values,
                values.replace("kafka: {", "kafka: {caSecret: main-cluster-ca-cert, "),
                values.replace("{enabled: true}}", "{enabled: true, authentication: tls}}"))) {
            Path file = Files.writeString(directory.resolve("values.yaml"), same);
            assertThat(clientProperties(Chart.render(file), "finecomb-one"))
                    .containsSubsequence(
                            "ssl.truststore.type=PKCS12",
                            "ssl.truststore.location=/etc/finecomb/kafka/cluster-ca.p12",
                            "ssl.truststore.password=${directory:/etc/finecomb/kafka:cluster-ca.password}");
        }
    }

    private static List<String> clientProperties(Manifests manifests, String job) {
        return manifests
                .one("ConfigMap", job)
                .path("data")
                .path("client.properties")
                .asText()
                .lines()
                .toList();
    }

    @Test
    void commandsNeedNoGpuUnlessTheImageIsChosen() {
        assertThat(commandImages("gpu")).containsOnly("finecomb/finecomb:0.1.0-cpu");
        assertThat(commandImages("names")).containsOnly("finecomb/finecomb:mine");
        assertThat(commandImages("mig")).containsOnly(image("mig", "finecomb-slices"));
    }

    @Test
    void theConfigsSectionsAreThoseOfTheReference() throws IOException {
        Set<String> sections = Pattern.compile("(?m)^## `([a-z-]+)`$")
                .matcher(Files.readString(DOCS.resolve("configuration.md")))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        JsonNode schema = Manifests.parse(Files.readString(Chart.DIRECTORY.resolve("values.schema.json")));
        Set<String> known = new TreeSet<>();
        schema.at("/definitions/config/properties").fieldNames().forEachRemaining(known::add);

        assertThat(known).as("sections of config in values.schema.json").isEqualTo(sections);
    }

    /** The command line's page shows what the service's own command prints for three replicas. */
    @Test
    void topicsAreThoseOfTheCommandLine() throws IOException {
        Pattern command = Pattern.compile(
                "--create --topic (\\S+) --partitions (\\d+) --replication-factor 3((?: --config \\S+)+)");
        Matcher found = command.matcher(Files.readString(DOCS.resolve("command-line.md")));
        Map<String, String> expected = new TreeMap<>();
        while (found.find()) {
            if (!found.group(1).endsWith(".batches")) {
                expected.put(found.group(1).replace(".mine.", ".two."), settings(found.group(3)));
            }
        }
        Map<String, String> made = new TreeMap<>();
        for (ObjectNode topic : Chart.render("strimzi").all("KafkaTopic")) {
            String name = Manifests.name(topic);
            if (!name.contains(".one.") && !name.endsWith(".batches")) {
                assertThat(topic.at("/spec/partitions").asInt()).isEqualTo(1);
                assertThat(topic.at("/spec/replicas").asInt()).isEqualTo(3);
                made.put(name, text(topic.at("/spec/config")));
            }
        }

        assertThat(made).hasSize(7).isEqualTo(expected);
        ObjectNode batches = Chart.render("strimzi").one("KafkaTopic", "finecomb.one.batches");
        assertThat(batches.at("/spec/partitions").asInt()).isEqualTo(2);
        assertThat(batches.at("/spec/config/max.message.bytes").asInt()).isEqualTo((16 << 20) + (64 << 10));
        assertThat(Chart.render("strimzi")
                        .one("KafkaTopic", "finecomb.one.dead-letters")
                        .at("/spec/config/max.message.bytes")
                        .asInt())
                .isEqualTo((16 << 20) + (128 << 10));
    }

    @Test
    void topicsThatKubernetesCannotCallByTheirNameSayIt() {
        ObjectNode topic = Chart.render("strimzi-elsewhere").one("KafkaTopic", "team-a.one.batches");

        assertThat(topic.at("/spec/topicName").asText()).isEqualTo("Team_A.one.batches");
        assertThat(topic.at("/spec/config/max.message.bytes").asInt()).isEqualTo(1_000_000 + (64 << 10));
        assertThat(Chart.render("strimzi-elsewhere").all("KafkaTopic"))
                .extracting(Manifests::name)
                .as("the shared ones are another release's")
                .noneMatch(name -> name.equals("team-a.checkpoints"));
    }

    @Test
    void aUserMayDoWhatItsJobDoesAndNoMore() {
        JsonNode rules =
                Chart.render("strimzi").one("KafkaUser", "finecomb-one").at("/spec/authorization/acls");
        Map<String, String> rights = new TreeMap<>();
        rules.forEach(rule -> rights.put(
                rule.at("/resource/type").asText() + " "
                        + rule.at("/resource/name").asText(),
                rule.path("operations").toString().replaceAll("[\"\\[\\]]", "")));

        assertThat(rights)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("topic finecomb.one.batches", "Read,DescribeConfigs"),
                        Map.entry("topic finecomb.one.commands", "Read,DescribeConfigs"),
                        Map.entry("topic finecomb.one.metrics", "Read,Write,DescribeConfigs"),
                        Map.entry("topic finecomb.one.masks", "Write,DescribeConfigs"),
                        Map.entry("topic finecomb.one.events", "Write,DescribeConfigs"),
                        Map.entry("topic finecomb.one.dead-letters", "Write,DescribeConfigs"),
                        Map.entry("topic finecomb.checkpoints", "Read,Write,DescribeConfigs"),
                        Map.entry("topic finecomb.models", "Write,DescribeConfigs"),
                        Map.entry("group finecomb.one", "Read"),
                        Map.entry("transactionalId finecomb.one", "Write")));
        assertThat(rules.findValuesAsText("patternType")).containsOnly("literal");
    }

    @Test
    void anObjectStoreHasItsScratch() {
        assertThat(Chart.render("object-store")
                        .settings("finecomb-reviews")
                        .at("/finecomb/object-storage/scratch")
                        .asText())
                .isEqualTo("/tmp/scratch");
        assertThat(Chart.render("minimal")
                        .settings("finecomb-digits")
                        .at("/finecomb/object-storage")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void kedaLooksWhereTheJobCommits() {
        JsonNode spec =
                Chart.render("keda").one("ScaledObject", "finecomb-sleeper").path("spec");

        assertThat(spec.path("minReplicaCount").asInt(-1)).isZero();
        assertThat(spec.path("maxReplicaCount").asInt()).isEqualTo(1);
        assertThat(spec.at("/triggers/0/metadata")).isEqualTo(Manifests.parse("""
                                {topic: finecomb.sleeper.batches, consumerGroup: finecomb.sleeper, bootstrapServers: "kafka:9093",
                                 lagThreshold: "1", activationLagThreshold: "3", offsetResetPolicy: earliest, tls: enable, sasl: scram_sha512}
                                """));
        assertThat(spec.at("/triggers/0/authenticationRef/name").asText()).isEqualTo("kafka");
    }

    @Test
    void kedaBeginsWhereTheJobBegins(@TempDir Path directory) throws IOException {
        Path values = Files.writeString(
                directory.resolve("values.yaml"),
                Files.readString(Chart.values("keda"))
                        .replace("activationLag: 3", "activationLag: 0")
                        .replace(
                                "{uri: /models/sleeper.pt}",
                                "{uri: /models/sleeper.pt}, kafka: {start-offset: latest}"));

        assertThat(Chart.render(values)
                        .one("ScaledObject", "finecomb-sleeper")
                        .at("/spec/triggers/0/metadata/offsetResetPolicy")
                        .asText())
                .isEqualTo("latest");
    }

    @Test
    void kedaGivesANewJobTheTimeThatItGivesAnIdleOne() {
        JsonNode spec =
                Chart.render("keda").one("ScaledObject", "finecomb-sleeper").path("spec");

        assertThat(spec.path("cooldownPeriod").asInt()).isEqualTo(900);
        assertThat(spec.path("initialCooldownPeriod").asInt()).isEqualTo(900);
    }

    @Test
    void networkPoliciesOpenWhatIsNeeded() {
        JsonNode closed =
                Chart.render("closed").one("NetworkPolicy", "finecomb-reviews").path("spec");
        JsonNode open =
                Chart.render("network").one("NetworkPolicy", "finecomb-reviews").path("spec");

        assertThat(closed.path("policyTypes").toString()).isEqualTo("[\"Ingress\",\"Egress\"]");
        assertThat(closed.path("ingress").isArray() && closed.path("ingress").isEmpty())
                .as("a rule without peers would let in everybody")
                .isTrue();
        assertThat(closed.at("/egress/0/ports"))
                .as("names, on OpenShift too")
                .containsExactlyInAnyOrderElementsOf(Manifests.parse("""
                        [{protocol: UDP, port: 53}, {protocol: TCP, port: 53},
                         {protocol: UDP, port: 5353}, {protocol: TCP, port: 5353}]
                        """));
        assertThat(closed.at("/egress/1/ports").findValuesAsText("port")).containsExactly("9092", "9192");
        assertThat(open.at("/ingress/0/from").size()).isEqualTo(1);
        assertThat(open.at("/egress/1/ports").findValuesAsText("port"))
                .as("each once")
                .containsExactly("9092", "9094");
        assertThat(open.at("/egress/2/ports/0/port").asInt()).isEqualTo(443);
    }

    @Test
    void theHookBringsItsOwnPolicyBeforeItRuns() {
        Manifests manifests = Chart.render("network");
        ObjectNode policy = manifests.one("NetworkPolicy", "finecomb-reviews.topics");
        ObjectNode hook = manifests.one("Job", "finecomb-reviews-topics");

        assertThat(policy.at("/spec/egress"))
                .isEqualTo(manifests.one("NetworkPolicy", "finecomb-reviews").at("/spec/egress"));
        assertThat(policy.at("/spec/ingress").toString()).isEqualTo("[]");
        for (String event : List.of("helm.sh/hook", "helm.sh/hook-delete-policy")) {
            assertThat(policy.at("/metadata/annotations").path(event))
                    .isEqualTo(hook.at("/metadata/annotations").path(event));
        }
        assertThat(weight(policy)).isLessThan(weight(hook));
    }

    private static int weight(ObjectNode hook) {
        return hook.at("/metadata/annotations").path("helm.sh/hook-weight").asInt();
    }

    @Test
    void theNotesSayWhatToDoNext() {
        assertThat(Chart.notes("secured"))
                .contains("Job reviews reads finecomb.reviews.batches at kafka.example:9093.")
                .contains("kubectl -n training rollout status statefulset/finecomb-reviews")
                .contains("kubectl -n training port-forward service/finecomb-reviews 8080:8080")
                .contains("get secret reviews-orders -o jsonpath='{.data.token}'")
                .contains("helm -n training test finecomb --logs");
        assertThat(Chart.notes("several")).contains("Job first reads").contains("Job second reads ml.second.batches");
        assertThat(Chart.notes("minimal"))
                .contains("by the topic finecomb.digits.commands")
                .doesNotContain("KEDA");
        assertThat(Chart.notes("keda"))
                .containsOnlyOnce("KEDA keeps it while records are left")
                .contains("annotate scaledobject finecomb-sleeper autoscaling.keda.sh/paused-replicas=0");
    }

    private static List<String> commandImages(String set) {
        return Chart.render(set).pods().stream()
                .filter(pod -> !pod.isTrainer())
                .map(pod -> pod.spec().at("/containers/0/image").asText())
                .toList();
    }

    private static String settings(String options) {
        return List.of(options.strip().split(" ?--config ")).stream()
                .filter(option -> !option.isEmpty())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String text(JsonNode config) {
        return config.properties().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue().asText())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static JsonNode limits(String set, String job) {
        return Chart.render(set).one("StatefulSet", job).at("/spec/template/spec/containers/0/resources/limits");
    }

    private static String image(String set, String job) {
        return Chart.render(set)
                .one("StatefulSet", job)
                .at("/spec/template/spec/containers/0/image")
                .asText();
    }
}
