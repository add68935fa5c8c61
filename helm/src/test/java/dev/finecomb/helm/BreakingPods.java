package dev.finecomb.helm;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of a trainer's pod that each break one control only: the control, where, which field, its value. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
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
        VOLUME_TYPES             | /spec                              | volumes                  | [{name: settings, nfs: {server: a, path: /a}}, {name: tmp, emptyDir: {}}]
        """)
@interface BreakingPods {}
