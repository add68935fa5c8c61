{{/* Not empty if files are mounted at /etc/finecomb/kafka. The job's values. */}}
{{- define "finecomb.kafkaFiles" -}}
{{- if or (include "finecomb.kafkaProperties" .) .kafka.caSecret -}}yes{{- end -}}
{{- end }}

{{/* Not empty if client.properties is among them: made of the values, or else a key of the Secret. The job's values. */}}
{{- define "finecomb.kafkaProperties" -}}
{{- if or .kafka.existingSecret .kafka.clientProperties -}}yes{{- end -}}
{{- end }}

{{/* Fills in what a KafkaUser of this release makes known: its Secret, the cluster's certificate, and what clients do with them. */}}
{{- define "finecomb.strimziClient" -}}
{{- $strimzi := .root.Values.strimzi -}}
{{- $elsewhere := and $strimzi.namespace (ne $strimzi.namespace .root.Release.Namespace) -}}
{{- if and $strimzi.user.enabled (not $elsewhere) (not (include "finecomb.kafkaProperties" .job)) -}}
{{- $kafka := .job.kafka -}}
{{- $_ := set $kafka "existingSecret" (include "finecomb.name" .) -}}
{{- $_ := set $kafka "clientProperties" (include (printf "finecomb.client.%s" $strimzi.user.authentication) .) -}}
{{- $_ := set $kafka "caSecret" (default (include "finecomb.strimziCa" .) $kafka.caSecret) -}}
{{- end -}}
{{- end }}

{{- define "finecomb.strimziCa" -}}
{{ .root.Values.strimzi.cluster }}-cluster-ca-cert
{{- end }}

{{- define "finecomb.client.scram-sha-512" -}}
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=${directory:/etc/finecomb/kafka:sasl.jaas.config}
{{ include "finecomb.client.truststore" . }}
{{- end }}

{{- define "finecomb.client.tls" -}}
security.protocol=SSL
ssl.keystore.type=PKCS12
ssl.keystore.location=/etc/finecomb/kafka/user.p12
ssl.keystore.password=${directory:/etc/finecomb/kafka:user.password}
{{ include "finecomb.client.truststore" . }}
{{- end }}

{{/*
Whom the brokers' certificates are believed from. While Strimzi replaces the key of its authority, the old one and the new one sign,
and only its PKCS12 store holds both. A Secret of somebody else's may have no such store.
*/}}
{{- define "finecomb.client.truststore" -}}
{{- if and .job.kafka.caSecret (ne .job.kafka.caSecret (include "finecomb.strimziCa" .)) -}}
ssl.truststore.type=PEM
ssl.truststore.location=/etc/finecomb/kafka/cluster-ca.crt
{{- else -}}
ssl.truststore.type=PKCS12
ssl.truststore.location=/etc/finecomb/kafka/cluster-ca.p12
ssl.truststore.password=${directory:/etc/finecomb/kafka:cluster-ca.password}
{{- end -}}
{{- end }}

{{/*
A job's topics as a YAML list, as `finecomb topics manifests` has them. dict "root" "job" "shared": whether the two that all
jobs of a prefix share, or the job's own.
*/}}
{{- define "finecomb.topics" -}}
{{- $job := printf "%s.%s" .job.kafka.prefix .job.name -}}
{{- $input := add (include "finecomb.maxRecordBytes" .job.config | int64) 65536 | max 1048576 -}}
{{- $output := 1114112 -}}
{{- if .shared }}
- {name: {{ .job.kafka.prefix }}.checkpoints, partitions: 1, config: {cleanup.policy: compact, max.message.bytes: {{ $output }}, segment.bytes: 67108864}}
- {name: {{ .job.kafka.prefix }}.models, partitions: 1, config: {cleanup.policy: compact, max.message.bytes: {{ $output }}, segment.bytes: 67108864}}
{{- else }}
- {name: {{ $job }}.batches, partitions: {{ int .root.Values.topics.partitions }}, config: {cleanup.policy: delete, max.message.bytes: {{ $input }}, retention.ms: 604800000}}
- {name: {{ $job }}.commands, partitions: 1, config: {cleanup.policy: delete, max.message.bytes: {{ $output }}, retention.ms: 604800000}}
- {name: {{ $job }}.masks, partitions: 1, config: {cleanup.policy: compact, max.message.bytes: {{ $output }}, segment.bytes: 67108864}}
- {name: {{ $job }}.metrics, partitions: 1, config: {cleanup.policy: delete, max.message.bytes: {{ $output }}, retention.ms: 604800000}}
- {name: {{ $job }}.events, partitions: 1, config: {cleanup.policy: delete, max.message.bytes: {{ $output }}, retention.ms: 7776000000}}
- {name: {{ $job }}.dead-letters, partitions: 1, config: {cleanup.policy: delete, max.message.bytes: {{ add $input 65536 }}, retention.ms: 2592000000}}
{{- end }}
{{- end }}

{{/* ingest.max-record-bytes in bytes; the job's config. */}}
{{- define "finecomb.maxRecordBytes" -}}
{{- $text := dig "ingest" "max-record-bytes" "8MiB" . -}}
{{- if kindIs "float64" $text -}}
{{ int64 $text }}
{{- else -}}
{{- $factor := get (dict "" 1 "KiB" 1024 "MiB" 1048576 "GiB" 1073741824) (regexReplaceAll "[0-9 ]" $text "") -}}
{{ mul (regexFind "[0-9]+" $text | int64) (required (printf "config.ingest.max-record-bytes is %q. Write a number of bytes, such as 8388608 or 8MiB" $text) $factor) }}
{{- end -}}
{{- end }}

{{/* The rights of a job's user, and no more: Read, Write and Alter say Describe as well. dict "root" "job". */}}
{{- define "finecomb.acls" -}}
{{- $prefix := .job.kafka.prefix -}}
{{- $owner := printf "%s.%s" $prefix .job.name -}}
{{- $look := list "DescribeConfigs" -}}
{{- if has .root.Values.topics.createdBy (list "service" "job") -}}
{{- $look = list "Create" "DescribeConfigs" -}}
{{- end -}}
{{- $rights := dict
  (printf "%s.batches" $owner) (list "Read")
  (printf "%s.commands" $owner) (list "Read")
  (printf "%s.metrics" $owner) (list "Read" "Write")
  (printf "%s.masks" $owner) (list "Write")
  (printf "%s.events" $owner) (list "Write")
  (printf "%s.dead-letters" $owner) (list "Write")
  (printf "%s.checkpoints" $prefix) (list "Read" "Write")
  (printf "%s.models" $prefix) (list "Write") -}}
{{- range $topic, $operations := $rights }}
- resource: {type: topic, name: {{ $topic }}, patternType: literal}
  operations: {{ concat $operations $look | toJson }}
{{- end }}
- resource: {type: group, name: {{ $owner }}, patternType: literal}
  operations: ["Read"]
- resource: {type: transactionalId, name: {{ $owner }}, patternType: literal}
  operations: ["Write"]
{{- end }}
