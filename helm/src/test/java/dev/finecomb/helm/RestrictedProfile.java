package dev.finecomb.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * The Pod Security Standards' profile {@code restricted}, with all of {@code baseline} in it: each control by its name, as
 * the standard's page has them (<a href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">Pod Security
 * Standards</a>). For pods of Linux; user namespaces relax nothing here.
 */
enum RestrictedProfile {
    HOST_PROCESS(pod -> everywhere(pod, "/securityContext/windowsOptions/hostProcess", RestrictedProfile::isNotTrue)),
    HOST_NAMESPACES(pod -> allOf(List.of(
            at(pod, "spec", "/hostNetwork", RestrictedProfile::isNotTrue),
            at(pod, "spec", "/hostPID", RestrictedProfile::isNotTrue),
            at(pod, "spec", "/hostIPC", RestrictedProfile::isNotTrue)))),
    PRIVILEGED_CONTAINERS(pod -> inContainers(pod, "/securityContext/privileged", RestrictedProfile::isNotTrue)),
    HOST_PATH_VOLUMES(pod -> inVolumes(pod, volume -> !volume.has("hostPath"))),
    HOST_PORTS(pod -> inContainers(
            pod, "/ports", ports -> each(ports, port -> port.path("hostPort").asInt() == 0))),
    HOST_PROBES(pod -> allOf(List.of(
            inContainers(pod, "/startupProbe", RestrictedProfile::namesNoHost),
            inContainers(pod, "/livenessProbe", RestrictedProfile::namesNoHost),
            inContainers(pod, "/readinessProbe", RestrictedProfile::namesNoHost),
            inContainers(pod, "/lifecycle/postStart", RestrictedProfile::namesNoHost),
            inContainers(pod, "/lifecycle/preStop", RestrictedProfile::namesNoHost)))),
    APP_ARMOR(pod -> allOf(List.of(
            everywhere(
                    pod,
                    "/securityContext/appArmorProfile/type",
                    type -> isAbsentOr(type, Set.of("RuntimeDefault", "Localhost"))),
            pod.template().at("/metadata/annotations").properties().stream()
                    .filter(note -> note.getKey().startsWith("container.apparmor.security.beta.kubernetes.io/"))
                    .filter(note -> !note.getValue().asText().matches("runtime/default|localhost/.*"))
                    .map(note -> note.getKey() + " is " + note.getValue())
                    .toList()))),
    SELINUX(pod -> allOf(List.of(
            everywhere(
                    pod,
                    "/securityContext/seLinuxOptions/type",
                    type -> isAbsentOr(
                            type,
                            Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"))),
            everywhere(pod, "/securityContext/seLinuxOptions/user", user -> isAbsentOr(user, Set.of(""))),
            everywhere(pod, "/securityContext/seLinuxOptions/role", role -> isAbsentOr(role, Set.of("")))))),
    PROC_MOUNT(pod -> inContainers(pod, "/securityContext/procMount", type -> isAbsentOr(type, Set.of("Default")))),
    SYSCTLS(pod ->
            at(pod, "spec", "/securityContext/sysctls", sysctls -> each(sysctls, RestrictedProfile::isSafeSysctl))),
    VOLUME_TYPES(pod -> inVolumes(
            pod,
            volume -> volume.properties().stream()
                    .allMatch(field -> field.getKey().equals("name") || isVolumeType(field.getKey())))),
    PRIVILEGE_ESCALATION(pod -> inContainers(
            pod, "/securityContext/allowPrivilegeEscalation", allowed -> allowed.isBoolean() && !allowed.asBoolean())),
    RUNNING_AS_NON_ROOT(pod -> inContainers(pod, "", container -> {
        JsonNode own = container.at("/securityContext/runAsNonRoot");
        return own.isBoolean()
                ? own.asBoolean()
                : pod.spec().at("/securityContext/runAsNonRoot").asBoolean();
    })),
    RUNNING_AS_NON_ROOT_USER(
            pod -> everywhere(pod, "/securityContext/runAsUser", user -> isAbsent(user) || user.asLong() != 0)),
    SECCOMP(pod -> allOf(List.of(
            everywhere(
                    pod,
                    "/securityContext/seccompProfile/type",
                    type -> isAbsentOr(type, Set.of("RuntimeDefault", "Localhost"))),
            inContainers(
                    pod,
                    "",
                    container -> !isAbsent(container.at("/securityContext/seccompProfile/type"))
                            || !isAbsent(pod.spec().at("/securityContext/seccompProfile/type")))))),
    CAPABILITIES(pod -> allOf(List.of(
            inContainers(pod, "/securityContext/capabilities/drop", drop -> hasText(drop, "ALL")),
            inContainers(
                    pod,
                    "/securityContext/capabilities/add",
                    add -> each(add, capability -> capability.asText().equals("NET_BIND_SERVICE"))))));

    private static final Set<String> VOLUMES = Set.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");

    private static final Set<String> SAFE_SYSCTLS = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_wmem");

    /** Lambdas that hold nothing. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<Manifests.Pod, List<String>> complaints;

    RestrictedProfile(Function<Manifests.Pod, List<String>> complaints) {
        this.complaints = complaints;
    }

    /** Where the pod breaks this control; nowhere if the list is empty. */
    List<String> complaints(Manifests.Pod pod) {
        return complaints.apply(pod);
    }

    /** What a value has to be like. */
    private interface Check {
        boolean allows(JsonNode value);
    }

    private static List<String> everywhere(Manifests.Pod pod, String path, Check check) {
        return allOf(List.of(at(pod, "spec", path, check), inContainers(pod, path, check)));
    }

    private static List<String> at(Manifests.Pod pod, String where, String path, Check check) {
        JsonNode value = pod.spec().at(path);
        return check.allows(value) ? List.of() : List.of(where + path + " is " + value);
    }

    private static List<String> inContainers(Manifests.Pod pod, String path, Check check) {
        return pod.containers().stream()
                .filter(container -> !check.allows(container.at(path)))
                .map(container -> "container " + container.path("name").asText() + path + " is " + container.at(path))
                .toList();
    }

    private static List<String> inVolumes(Manifests.Pod pod, Check check) {
        List<String> complaints = new ArrayList<>();
        for (JsonNode volume : pod.spec().path("volumes")) {
            if (!check.allows(volume)) {
                complaints.add("volume " + volume);
            }
        }
        return complaints;
    }

    private static List<String> allOf(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static boolean isVolumeType(String field) {
        return VOLUMES.contains(field);
    }

    private static boolean isSafeSysctl(JsonNode sysctl) {
        return SAFE_SYSCTLS.contains(sysctl.path("name").asText());
    }

    private static boolean isNotTrue(JsonNode value) {
        return !value.asBoolean();
    }

    private static boolean isAbsentOr(JsonNode value, Set<String> allowed) {
        return isAbsent(value) || allowed.contains(value.asText());
    }

    private static boolean namesNoHost(JsonNode handler) {
        return handler.at("/httpGet/host").asText().isEmpty()
                && handler.at("/tcpSocket/host").asText().isEmpty();
    }

    private static boolean each(JsonNode list, Check check) {
        return StreamSupport.stream(list.spliterator(), false).allMatch(check::allows);
    }

    private static boolean hasText(JsonNode list, String text) {
        return StreamSupport.stream(list.spliterator(), false)
                .anyMatch(element -> element.asText().equals(text));
    }
}
