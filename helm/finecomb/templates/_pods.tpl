{{/* The image of a job: dict "root" "job" "gpu". */}}
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
{{- with .job.priorityClassName }}
priorityClassName: {{ . }}
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
      {{- end }}
      {{- if .job.kafka.clientProperties }}
      - configMap: {name: {{ .settings }}, items: [{key: client.properties, path: client.properties}]}
      {{- end }}
{{- end }}
- name: tmp
  emptyDir: {}
{{- end }}

{{/* A pod that runs a command of the image beside the job: dict "root" "job" "settings" "arguments". */}}
{{- define "finecomb.commandPod" -}}
{{ include "finecomb.pod" . }}
restartPolicy: Never
{{- with .job.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: command
    image: {{ include "finecomb.image" (dict "root" .root "job" .job "gpu" false) }}
    imagePullPolicy: {{ .job.image.pullPolicy }}
    args: {{ toJson .arguments }}
    resources:
      requests: {cpu: 100m, memory: 512Mi}
      limits: {memory: 512Mi}
    securityContext:
      {{- toYaml .job.securityContext | nindent 6 }}
    volumeMounts:
      {{- include "finecomb.mounts" . | nindent 6 }}
volumes:
  {{- include "finecomb.volumes" . | nindent 2 }}
{{- end }}
