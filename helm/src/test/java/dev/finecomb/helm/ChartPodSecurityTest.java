package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /** What a pod looks like that breaks one control only. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HOST_PROCESS             | /spec/securityContext              | windowsOptions           | {hostProcess: true}
            HOST_PROCESS             | /spec/containers/0/securityContext | windowsOptions           | {hostProcess: true}
            HOST_NAMESPACES          | /spec                              | hostNetwork              | true
            HOST_NAMESPACES          | /spec                              | hostPID                  | true
            HOST_NAMESPACES          | /spec                              | hostIPC                  | true
            PRIVILEGED_CONTAINERS    | /spec/containers/0/securityContext | privileged               | true
            HOST_PORTS               | /spec/containers/0                 | ports                    | [{containerPort: 8080, hostPort: 8080}]
            HOST_PROBES              | /spec/containers/0                 | startupProbe             | {httpGet: {port: 8080, host: 10.0.0.1}}
            HOST_PROBES              | /spec/containers/0                 | livenessProbe            | {tcpSocket: {port: 8080, host: 10.0.0.1}}
            HOST_PROBES              | /spec/containers/0                 | lifecycle                | {preStop: {httpGet: {port: 8080, host: 10.0.0.1}}}
            APP_ARMOR                | /spec/securityContext              | appArmorProfile          | {type: Unconfined}
            APP_ARMOR                | /metadata/annotations              | container.apparmor.security.beta.kubernetes.io/trainer | unconfined
            SELINUX                  | /spec/securityContext              | seLinuxOptions           | {type: spc_t}
            SELINUX                  | /spec/securityContext              | seLinuxOptions           | {user: root}
            SELINUX                  | /spec/containers/0/securityContext | seLinuxOptions           | {role: r}
            PROC_MOUNT               | /spec/containers/0/securityContext | procMount                | Unmasked
            SYSCTLS                  | /spec/securityContext              | sysctls                  | [{name: kernel.msgmax, value: "1"}]
            PRIVILEGE_ESCALATION     | /spec/containers/0/securityContext | allowPrivilegeEscalation | true
            PRIVILEGE_ESCALATION     | /spec/containers/0/securityContext | allowPrivilegeEscalation | null
            RUNNING_AS_NON_ROOT      | /spec/securityContext              | runAsNonRoot             | null
            RUNNING_AS_NON_ROOT      | /spec/containers/0/securityContext | runAsNonRoot             | false
            RUNNING_AS_NON_ROOT_USER | /spec/securityContext              | runAsUser                | 0
            RUNNING_AS_NON_ROOT_USER | /spec/containers/0/securityContext | runAsUser                | 0
            SECCOMP                  | /spec/securityContext              | seccompProfile           | null
            SECCOMP                  | /spec/containers/0/securityContext | seccompProfile           | {type: Unconfined}
            CAPABILITIES             | /spec/containers/0/securityContext | capabilities             | {drop: [NET_RAW]}
            CAPABILITIES             | /spec/containers/0/securityContext | capabilities             | {drop: [ALL], add: [SYS_ADMIN]}
            VOLUME_TYPES             | /spec/volumes/0                    | nfs                      | {server: a, path: /a}
            """)
    void aPodThatBreaksAControlIsFoundOut(RestrictedProfile control, String where, String field, String value) {
        Manifests.Pod pod = trainer();
        ((ObjectNode) pod.template().at(where)).set(field, Manifests.parse(value));

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
