{{/*
Not empty if that value must not stand in clear text, by its key: dict "key" "value", and "reference", the pattern of a reference
to a secret elsewhere, where one is followed. What stands beside references is looked at as it would be without them. The name of a
file is no secret, nor is a login module without options, or one whose options take all that is secret from references.
*/}}
{{- define "finecomb.isSecret" -}}
{{- $named := regexMatch "(?i)password|passwd|passphrase|secret|jaas|private|keystore[.]key|token$" .key -}}
{{- $text := toString (default "" .value) -}}
{{- $rest := $text -}}
{{- with .reference -}}
{{- $rest = regexReplaceAllLiteral . $text "{}" -}}
{{- end -}}
{{- $harmless := or (not (trimAll "{}'\" " $rest)) (regexMatch "(?i)[.](file|location|type)$" .key)
  (regexMatch "^\\s*[\\w.$]+\\s+(required|requisite|sufficient|optional)\\s*;\\s*$" $text) -}}
{{- if and (regexMatch "(?i)jaas" .key) (ne $rest $text) -}}
{{- $harmless = true -}}
{{- range regexFindAll "(?i)(password|passwd|passphrase|secret|token|(private|api)[._-]?key)\\s*=\\s*(\"[^\"]*\"|'[^']*'|[^\\s;]*)" $rest -1 -}}
{{- if regexReplaceAll "^[^=]*=" . "" | trimAll "{}'\" \t" -}}
{{- $harmless = false -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $named (not $harmless) -}}yes{{- end -}}
{{- end }}

{{/* The patterns of references: in properties, where Kafka follows them, and in a container's environment, where Kubernetes does. */}}
{{- define "finecomb.references" -}}
properties: '\$\{(directory|file|env):[^}]+\}'
variables: '\$\([\w.-]+\)'
{{- end }}

{{/* The names of variables that a container's environment gives a secret in clear text, as a YAML list. */}}
{{- define "finecomb.secretVariables" -}}
{{- $reference := get (include "finecomb.references" . | fromYaml) "variables" -}}
{{- range . }}
{{- if include "finecomb.isSecret" (dict "key" (lower .name | replace "_" ".") "value" .value "reference" $reference) }}
- {{ .name | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* A map's leaves by all their keys, joined by dots as the service joins them, as a YAML map of texts. */}}
{{- define "finecomb.flat" -}}
{{- range $key, $value := . -}}
{{- if kindIs "map" $value -}}
{{- range $below, $leaf := include "finecomb.flat" $value | fromYaml }}
{{ printf "%s.%s" $key $below | toJson }}: {{ toJson $leaf }}
{{- end -}}
{{- else }}
{{ toJson $key }}: {{ toString $value | toJson }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The properties that a text of Java properties sets, as a YAML map: comments left out, continued lines made one. */}}
{{- define "finecomb.lines" -}}
{{- $properties := dict -}}
{{- $text := regexReplaceAll "(?m)^[ \\t]*[#!].*$" . "" -}}
{{- range regexReplaceAll "\\\\\\r?\\n[ \\t]*" $text "" | splitList "\n" -}}
{{- $line := trim . -}}
{{- $key := regexFind "^[^=:\\s]+" $line -}}
{{- if $key -}}
{{- $_ := set $properties $key (trimPrefix $key $line | trimAll "=: \t") -}}
{{- end -}}
{{- end -}}
{{ toYaml $properties }}
{{- end }}
