{{/*
The job's settings file: what the chart proposes, over it the job's config, over that what only the chart can know.
dict "root" "job".
*/}}
{{- define "finecomb.settings" -}}
{{- $proposed := dict -}}
{{- if .job.persistence.enabled -}}
{{- $_ := set $proposed "checkpoint" (dict "directory" "/data/checkpoints") -}}
{{- $_ := set $proposed "export" (dict "directory" "/data/export") -}}
{{- end -}}
{{- $places := list (dig "checkpoint" "directory" "" .job.config) (dig "export" "directory" "" .job.config) -}}
{{- if contains "s3://" (join " " $places) -}}
{{- /* What goes through this machine on its way: on the volume if there is one, for it outlives the pod. */ -}}
{{- $_ := set $proposed "object-storage" (dict "scratch" (ternary "/data/scratch" "/tmp/scratch" .job.persistence.enabled)) -}}
{{- end -}}
{{- if .job.gpu.enabled -}}
{{- /* Rather than train on the processor, where nobody expects it, it does not start without one. */ -}}
{{- $_ := set $proposed "model" (dict "device" "gpu") -}}
{{- end -}}
{{- $kafka := dict "bootstrap-servers" .job.kafka.bootstrapServers "prefix" .job.kafka.prefix "job" .job.name -}}
{{- $_ := set $kafka "create-topics" (eq .root.Values.topics.createdBy "service") -}}
{{- if include "finecomb.kafkaProperties" .job -}}
{{- $_ := set $kafka "properties-file" "/etc/finecomb/kafka/client.properties" -}}
{{- end -}}
{{- $all := mustMergeOverwrite $proposed (deepCopy .job.config) (dict "kafka" $kafka) -}}
{{- $settings := dict "micronaut" (dict "server" (dict "host" "0.0.0.0" "port" 8080)) "finecomb" $all -}}
{{- $longest := int .job.longestCutSeconds -}}
{{- if gt $longest 300 -}}
{{- /* Else a step that takes as long as it may would end the pod: five minutes without progress are the service's default. */ -}}
{{- $_ := set $settings "endpoints" (dict "health" (dict "training-progress-bound" (printf "%ds" $longest))) -}}
{{- end -}}
{{ toYaml $settings }}
{{- end }}

{{/* The data of a ConfigMap with all that a pod of the job reads. dict "root" "job". */}}
{{- define "finecomb.configMapData" -}}
finecomb.yml: |
  {{- include "finecomb.settings" . | nindent 2 }}
{{- /* By YAML's own means: a text that begins with spaces needs its indentation said. */}}
{{- with .job.kafka.clientProperties }}
{{ dict "client.properties" . | toYaml }}
{{- end }}
{{- end }}
