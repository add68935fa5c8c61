{{/* What the names of all resources of the release begin with. */}}
{{- define "finecomb.fullname" -}}
{{- $chart := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride }}
{{- else if contains $chart .Release.Name -}}
{{ .Release.Name }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $chart }}
{{- end -}}
{{- end }}

{{/*
The name of a job's resources: dict "root" "job". At most 52 characters, for a StatefulSet's name has to leave room for the revision's
hash in a label. A longer one ends in a digest, so that two jobs never share one.
*/}}
{{- define "finecomb.name" -}}
{{- $name := printf "%s-%s" (include "finecomb.fullname" .root) .job.name -}}
{{- if le (len $name) 52 -}}
{{ $name }}
{{- else -}}
{{ printf "%s-%s" ($name | trunc 43 | trimSuffix "-") (sha256sum $name | trunc 8) }}
{{- end -}}
{{- end }}

{{/* Labels that tell a job's pods from all others; they can never be changed. dict "root" "job" "component". */}}
{{- define "finecomb.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .job }}
finecomb.dev/job: {{ .name | quote }}
{{- end }}
{{- end }}

{{/* Labels of a resource: dict "root", and "job" "component" where it has them. */}}
{{- define "finecomb.labels" -}}
{{ include "finecomb.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "finecomb.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ default (include "finecomb.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{ default "default" .Values.serviceAccount.name }}
{{- end -}}
{{- end }}
