{{/* A job's values, as YAML: those that hold for all jobs, over them the job's own. dict "root", and "own" the element of jobs. */}}
{{- define "finecomb.job" -}}
{{- $all := omit .root.Values "jobs" "topics" "strimzi" "serviceAccount" "imagePullSecrets" "networkPolicy" "podDisruptionBudget"
  "serviceMonitor" "prometheusRule" "dashboard" "nameOverride" "fullnameOverride" "global" -}}
{{- $job := mustMergeOverwrite (deepCopy $all) (deepCopy .own) -}}
{{- /* A volume has one source: two merged would be none. */ -}}
{{- if hasKey .own "modelsVolume" -}}
{{- $_ := set $job "modelsVolume" .own.modelsVolume -}}
{{- end -}}
{{- include "finecomb.strimziClient" (dict "root" .root "job" $job) -}}
{{ toYaml $job }}
{{- end }}

{{/* Called once, by check.yaml. Fails with all that is wrong with the values and is beyond the schema, each with its remedy. */}}
{{- define "finecomb.check" -}}
{{- $problems := list -}}
{{- $fullname := include "finecomb.fullname" . -}}
{{- if not (regexMatch "^[a-z]([a-z0-9-]*[a-z0-9])?$" $fullname) -}}
{{- $problems = append $problems (printf "all names would begin with %q, after the release, and a Service's must begin with a letter and hold lower-case letters, digits and hyphens only. Set fullnameOverride, or call the release otherwise" $fullname) -}}
{{- end -}}
{{- if not .Values.jobs -}}
{{- $problems = append $problems "jobs is empty. Describe at least one, with its name and its config; README.md of the chart begins with an example" -}}
{{- end -}}
{{- if and (eq .Values.topics.createdBy "strimzi") (not .Values.strimzi.cluster) -}}
{{- $problems = append $problems "topics.createdBy is strimzi, but strimzi.cluster is empty. Name the Kafka resource" -}}
{{- end -}}
{{- if and .Values.strimzi.user.enabled (not .Values.strimzi.cluster) -}}
{{- $problems = append $problems "strimzi.user.enabled is true, but strimzi.cluster is empty. Name the Kafka resource" -}}
{{- end -}}
{{- if and .Values.strimzi.user.enabled (eq .Values.topics.createdBy "job") -}}
{{- $problems = append $problems "topics.createdBy is job, which runs before there is the user of strimzi.user.enabled. Set it to strimzi or service" -}}
{{- end -}}
{{- $names := list -}}
{{- range .Values.jobs -}}
{{- if has .name $names -}}
{{- $problems = append $problems (printf "jobs: two are called %q, and the newer would end the older for ever. Give each a name of its own" .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- $job := include "finecomb.job" (dict "root" $ "own" .) | fromYaml -}}
{{- $problems = concat $problems (include "finecomb.jobProblems" $job | fromYamlArray) -}}
{{- if and $.Values.networkPolicy.enabled (not $.Values.networkPolicy.extraEgress) -}}
{{- range include "finecomb.placesElsewhere" $job | fromYamlArray -}}
{{- $problems = append $problems (printf "job %s: networkPolicy.enabled is true, and %s is not in its reach. Add a rule to networkPolicy.extraEgress, such as {ports: [{protocol: TCP, port: 443}]}" $job.name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with uniq $problems -}}
{{- fail (printf "\n\nThe values cannot be used, for %d reason(s):\n  - %s\n" (len .) (join "\n  - " .)) -}}
{{- end -}}
{{- end }}

{{/* What a job reaches beside brokers and names, as far as its values say so, as a YAML list. */}}
{{- define "finecomb.placesElsewhere" -}}
{{- $config := .config -}}
{{- range list (list "model" "uri") (list "checkpoint" "directory") (list "export" "directory") }}
{{- if hasPrefix "s3://" (toString (dig (first .) (last .) "" $config)) }}
- {{ printf "the object store of config.%s" (join "." .) }}
{{- end }}
{{- end }}
{{- range $key, $value := merge (include "finecomb.lines" .kafka.clientProperties | fromYaml) (dig "kafka" dict $config | include "finecomb.flat" | fromYaml) }}
{{- with regexFind "[\\w.]*token[.]endpoint[.]ur[il]\\s*=\\s*[\"']?https?" (printf "%s=%s" $key $value) }}
- {{ printf "the URL of %s" (regexFind "^[\\w.]+" . | trimPrefix "properties.") }}
{{- end }}
{{- end }}
{{- end }}

{{/* What is wrong with a job's values, as a YAML list. */}}
{{- define "finecomb.jobProblems" -}}
{{- $job := . -}}
{{- $kafka := default dict .config.kafka -}}
{{- $problems := list -}}
{{- if not .kafka.bootstrapServers -}}
{{- $problems = append $problems "kafka.bootstrapServers is empty. Name the brokers, such as kafka:9092" -}}
{{- end -}}
{{- range $key, $value := dict "bootstrap-servers" "kafka.bootstrapServers" "prefix" "kafka.prefix" "job" "name"
  "create-topics" "topics.createdBy" "properties-file" "kafka.existingSecret and kafka.clientProperties" -}}
{{- if hasKey $kafka $key -}}
{{- $problems = append $problems (printf "config.kafka.%s is the chart's to set. Use %s" $key $value) -}}
{{- end -}}
{{- end -}}
{{- /* Without an exception for references: Micronaut would take them for placeholders of its own. */ -}}
{{- range $key, $value := include "finecomb.flat" (dict "config.kafka" $kafka) | fromYaml -}}
{{- if include "finecomb.isSecret" (dict "key" $key "value" $value) -}}
{{- $problems = append $problems (printf "%s is a secret, and values are none. Put it into a Secret, name that as kafka.existingSecret, and refer to it in kafka.clientProperties" $key) -}}
{{- end -}}
{{- end -}}
{{- $reference := get (include "finecomb.references" . | fromYaml) "properties" -}}
{{- range $key, $value := include "finecomb.lines" .kafka.clientProperties | fromYaml -}}
{{- if include "finecomb.isSecret" (dict "key" $key "value" $value "reference" $reference) -}}
{{- $problems = append $problems (printf "kafka.clientProperties sets %s to a secret, and becomes a ConfigMap. Put it into a Secret, name that as kafka.existingSecret, and refer to it as ${directory:/etc/finecomb/kafka:KEY}" $key) -}}
{{- end -}}
{{- end -}}
{{- $environments := dict "extraEnv" .extraEnv -}}
{{- range .initContainers -}}
{{- $_ := set $environments (printf "env of init container %s" .name) (default list .env) -}}
{{- end -}}
{{- range $where, $variables := $environments -}}
{{- range include "finecomb.secretVariables" $variables | fromYamlArray -}}
{{- $problems = append $problems (printf "%s gives %s a secret as its value, and values are none. Put it into a Secret, and name that by valueFrom.secretKeyRef" $where .) -}}
{{- end -}}
{{- end -}}
{{- if hasKey (default dict .config.control) "token" -}}
{{- $problems = append $problems "config.control.token is a secret, and values are none. Put it into a Secret and name that as control.existingSecret" -}}
{{- end -}}
{{- if eq (toString (default dict .config.export | dig "when-finished" "idle")) "stop" -}}
{{- $problems = append $problems "config.export.when-finished is stop, but a StatefulSet starts what has ended again. Use idle, and delete the job when it is finished" -}}
{{- end -}}
{{- if and .keda.enabled (gt (int .keda.activationLag) 0) (eq (toString (dig "start-offset" "earliest" $kafka)) "latest") -}}
{{- $problems = append $problems (printf "keda.activationLag is %d, but config.kafka.start-offset is latest: KEDA counts one record for each partition as long as the job has committed no offset, and might never start it. Set keda.activationLag to 0" (int .keda.activationLag)) -}}
{{- end -}}
{{- if not .persistence.enabled -}}
{{- range list "checkpoint" "export" -}}
{{- if not (hasPrefix "s3://" (toString (default dict (index $job.config .) | dig "directory" ""))) -}}
{{- $problems = append $problems (printf "persistence.enabled is false, and config.%s.directory is no s3:// URI: what is written there would be lost with the pod. Set one of them" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $index, $problem := $problems }}
- {{ printf "job %s: %s" $job.name $problem | quote }}
{{- end }}
{{- end }}
