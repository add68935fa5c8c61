package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pod, of jobs, hooks and tests, keeps to the profile {@code restricted}, whatever the values say of it. */
class ChartPodSecurityTest {

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void everyPodIsRestricted(String set) {
        List<Manifests.Pod> pods = Chart.render(set).pods();

        assertThat(pods).isNotEmpty();
        for (Manifests.Pod pod : pods) {
            for (RestrictedProfile control : RestrictedProfile.values()) {
                assertThat(control.complaints(pod)).as("%s of %s", control, pod).isEmpty();
            }
        }
    }

    @Test
    void theRootFileSystemIsReadOnlyUnlessTheSwitchSaysOtherwise() {
        assertThat(Chart.render("minimal").pods())
                .allSatisfy(pod -> assertThat(pod.containers())
                        .allMatch(container -> container
                                .at("/securityContext/readOnlyRootFilesystem")
                                .asBoolean()));
        assertThat(Chart.render("mig").pods())
                .allSatisfy(pod -> assertThat(pod.containers())
                        .allMatch(container -> !container
                                .at("/securityContext/readOnlyRootFilesystem")
                                .asBoolean()));
    }

    @ParameterizedTest
    @BreakingPods
    void aPodThatBreaksAControlIsFoundOut(RestrictedProfile control, String where, String field, String value) {
        Manifests.Pod pod = changed(where, field, value);

        assertThat(broken(pod)).containsExactly(control);
    }

    @Test
    void aVolumeOfTheHostIsFoundOut() {
        Manifests.Pod pod = trainer();
        pod.template().withArray("/spec/volumes").add(Manifests.parse("{name: host, hostPath: {path: /}}"));

        assertThat(broken(pod)).containsExactly(RestrictedProfile.HOST_PATH_VOLUMES, RestrictedProfile.VOLUME_TYPES);
    }

    @Test
    void anInitContainerIsLookedAtToo() {
        Manifests.Pod pod = trainer();
        pod.template().withArray("/spec/initContainers").add(Manifests.parse("{name: fetch, image: a}"));

        assertThat(broken(pod)).containsExactly(RestrictedProfile.PRIVILEGE_ESCALATION, RestrictedProfile.CAPABILITIES);
    }

    @ParameterizedTest
    @EnumSource(RestrictedProfile.class)
    void aPodWithoutAnythingIsNotRestricted(RestrictedProfile control) {
        var pod = (ObjectNode) Manifests.parse("{kind: Pod, spec: {containers: [{name: a, image: a}]}}");
        List<RestrictedProfile> demanded = List.of(
                RestrictedProfile.PRIVILEGE_ESCALATION,
                RestrictedProfile.RUNNING_AS_NON_ROOT,
                RestrictedProfile.SECCOMP,
                RestrictedProfile.CAPABILITIES);

        assertThat(control.complaints(new Manifests.Pod(pod, pod)).isEmpty()).isNotEqualTo(demanded.contains(control));
    }

    /** A trainer's pod with one field set. */
    static Manifests.Pod changed(String where, String field, String value) {
        Manifests.Pod pod = trainer();
        ((ObjectNode) pod.template().at(where)).set(field, Manifests.parse(value));
        return pod;
    }

    private static Manifests.Pod trainer() {
        return Objects.requireNonNull(Chart.render("minimal").pods().stream()
                .filter(Manifests.Pod::isTrainer)
                .findFirst()
                .orElse(null));
    }

    private static List<RestrictedProfile> broken(Manifests.Pod pod) {
        return Arrays.stream(RestrictedProfile.values())
                .filter(control -> !control.complaints(pod).isEmpty())
                .toList();
    }
}
