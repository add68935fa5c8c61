package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cluster's own opinion, where there is one: {@code -Dchart.kubeconfig=FILE} names it, and {@code kubectl} has to be on the
 * path. A cluster to throw away, for the test makes and deletes a namespace, a priority class and a runtime class. In that
 * namespace, with the profile {@code restricted} enforced, nothing is created: all requests are dry runs. Pods that a
 * controller would make are asked for one by one, for only then are they judged by that profile.
 */
@EnabledIfSystemProperty(
        named = "chart.kubeconfig",
        matches = ".+",
        disabledReason = "no API server: name the kubeconfig of one with -Dchart.kubeconfig=FILE")
class ChartServerTest {
    /** Of each run its own: a deleted one takes a while to go. */
    private static final String NAMESPACE = "chart-test-" + UUID.randomUUID();

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @BeforeAll
    static void namespace() throws IOException, InterruptedException {
        apply("""
                {apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {
                  pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: latest}}}
                """.formatted(NAMESPACE));
        apply("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: training}, value: 1}");
        apply("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: nvidia}, handler: nvidia}");
    }

    @AfterAll
    static void cleared() throws IOException, InterruptedException {
        kubectl(
                "",
                "delete",
                "--wait=false",
                "namespace/" + NAMESPACE,
                "priorityclass/training",
                "runtimeclass/nvidia");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void theServerTakesEveryObject(String set) throws IOException, InterruptedException {
        Set<String> served = served();
        for (ObjectNode object : Chart.render(set).all()) {
            String kind = object.path("apiVersion").asText() + " "
                    + object.path("kind").asText();
            if (!served.contains(kind)) {
                System.out.println("SKIPPED: " + Manifests.describe(object) + ", the server has no " + kind);
            } else {
                object.withObject("/metadata").put("namespace", NAMESPACE);
                dryRun(object);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void theServerTakesThePodsOfEveryController(String set) throws IOException, InterruptedException {
        for (Manifests.Pod pod : Chart.render(set).pods()) {
            dryRun(alone(pod));
        }
    }

    @ParameterizedTest
    @BreakingPods
    void theServerRefusesWhatTheProfileHereRefuses(
            RestrictedProfile control, String where, String field, String value) {
        ObjectNode pod = alone(ChartPodSecurityTest.changed(where, field, value));

        // Some are invalid by themselves, such as a privileged container that may not escalate.
        assertThatThrownBy(() -> dryRun(pod))
                .as("%s", control)
                .hasMessageMatching("(?s).*(violates PodSecurity|is invalid: ).*");
    }

    private static ObjectNode alone(Manifests.Pod pod) {
        ObjectNode alone = pod.template().deepCopy();
        alone.put("apiVersion", "v1").put("kind", "Pod");
        alone.withObject("/metadata").put("name", "alone").put("namespace", NAMESPACE);
        pod.owner()
                .at("/spec/volumeClaimTemplates")
                .forEach(claim -> alone.withArray("/spec/volumes")
                        .addObject()
                        .put("name", Manifests.name(claim))
                        .putObject("emptyDir"));
        return alone;
    }

    private static void dryRun(ObjectNode object) throws IOException, InterruptedException {
        String answer = kubectl(
                object.toString(), "apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-");
        assertThat(answer).contains("serverside-applied (server dry run)").doesNotContain("Warning");
    }

    private static void apply(String yaml) throws IOException, InterruptedException {
        kubectl(Manifests.parse(yaml).toString(), "apply", "-f", "-");
    }

    /** Kinds that the server has, as {@code apps/v1 StatefulSet}. */
    private static Set<String> served() throws IOException, InterruptedException {
        Set<String> kinds = new TreeSet<>();
        for (String line : kubectl("", "api-resources", "--no-headers").lines().toList()) {
            List<String> words = List.of(line.strip().split(" +"));
            kinds.add(words.get(words.size() - 3) + " " + words.getLast());
        }
        return kinds;
    }

    private static String kubectl(String input, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("kubectl", ".txt");
        try {
            List<String> command = Stream.concat(
                            Stream.of("kubectl", "--kubeconfig", System.getProperty("chart.kubeconfig")),
                            Stream.of(arguments))
                    .toList();
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            String answer = Files.readString(output);
            assertThat(process.waitFor())
                    .as("%s%n%s%n%s", command, answer, input)
                    .isZero();
            return answer;
        } finally {
            Files.delete(output);
        }
    }
}
