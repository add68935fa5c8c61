{{/* The image of a job, its own tag or digest before the chart's: dict "root" "job" "gpu". */}}
{{- define "finecomb.image" -}}
{{- $image := .job.image -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $image.repository $image.digest }}
{{- else -}}
{{ printf "%s:%s" $image.repository (default (printf "%s-%s" .root.Chart.AppVersion (ternary "cuda" "cpu" .gpu)) $image.tag) }}
{{- end -}}
{{- end }}

{{/*
What every pod of a job has in common. The API server is nobody's business here. Without links: the environment variables that
Kubernetes makes of a Service called finecomb would be taken for unknown settings.
*/}}
{{- define "finecomb.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml .job.podSecurityContext | nindent 2 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .job.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- /* Of commands too: a node that only the trainer's toleration opens may be the only one that nodeSelector leaves. */}}
{{- $tolerations := .job.tolerations }}
{{- if .job.gpu.enabled }}
{{- $tolerations = append $tolerations (dict "key" "nvidia.com/gpu" "operator" "Exists" "effect" "NoSchedule") }}
{{- end }}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .job.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* What every container of a job finds in its environment beside what is its own, as a YAML list; empty if there is nothing. */}}
{{- define "finecomb.env" -}}
{{- with .job.jvmOptions }}
- name: JDK_JAVA_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- with .job.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Where every container of a job finds its settings. The settings are read at the start only; what Kafka's clients need may change. */}}
{{- define "finecomb.mounts" -}}
- {name: settings, mountPath: /etc/finecomb/finecomb.yml, subPath: finecomb.yml, readOnly: true}
{{- if include "finecomb.kafkaFiles" .job }}
- {name: kafka, mountPath: /etc/finecomb/kafka, readOnly: true}
{{- end }}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{/* The volumes for that: dict "root" "job" "settings", the ConfigMap's name. */}}
{{- define "finecomb.volumes" -}}
- name: settings
  configMap: {name: {{ .settings }}}
{{- if include "finecomb.kafkaFiles" .job }}
- name: kafka
  projected:
    defaultMode: 0440
    sources:
      {{- with .job.kafka.existingSecret }}
      - secret: {name: {{ . }}}
      {{- end }}
      {{- with .job.kafka.caSecret }}
      - secret: {name: {{ . }}, items: [{key: ca.crt, path: cluster-ca.crt}]}
      {{- /* Strimzi's have these too, others need not. */}}
      - secret: {name: {{ . }}, optional: true, items: [{key: ca.p12, path: cluster-ca.p12}, {key: ca.password, path: cluster-ca.password}]}
      {{- end }}
      {{- if .job.kafka.clientProperties }}
      - configMap: {name: {{ .settings }}, items: [{key: client.properties, path: client.properties}]}
      {{- end }}
{{- end }}
- name: tmp
  emptyDir: {}
{{- end }}

{{/*
A pod that runs a command of the image beside the job: dict "root" "job" "settings" "arguments". It meets the brokers as the trainer
does, with the same variables and files. Only claims are left out, for the trainer may be holding them on another node.
*/}}
{{- define "finecomb.commandPod" -}}
{{- $volumes := list }}
{{- $absent := list "data" "models" }}
{{- range .job.extraVolumes }}
{{- if or (hasKey . "persistentVolumeClaim") (hasKey . "ephemeral") }}
{{- $absent = append $absent .name }}
{{- else }}
{{- $volumes = append $volumes . }}
{{- end }}
{{- end }}
{{- $mounts := list }}
{{- range .job.extraVolumeMounts }}
{{- if not (has .name $absent) }}
{{- $mounts = append $mounts . }}
{{- end }}
{{- end }}
{{- include "finecomb.pod" . }}
restartPolicy: Never
containers:
  - name: command
    image: {{ include "finecomb.image" (dict "root" .root "job" .job "gpu" false) }}
    imagePullPolicy: {{ .job.image.pullPolicy }}
    args: {{ toJson .arguments }}
    {{- with include "finecomb.env" . | trim }}
    env:
      {{- . | nindent 6 }}
    {{- end }}
    {{- with .job.envFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    resources:
      requests: {cpu: 100m, memory: 512Mi}
      limits: {memory: 512Mi}
    securityContext:
      {{- toYaml .job.securityContext | nindent 6 }}
    volumeMounts:
      {{- include "finecomb.mounts" . | nindent 6 }}
      {{- with $mounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  {{- include "finecomb.volumes" . | nindent 2 }}
  {{- with $volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
