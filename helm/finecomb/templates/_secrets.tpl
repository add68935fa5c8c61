{{/*
Not empty if that value must not stand in clear text, by its key: dict "key" "value", and "reference", what begins a reference to a
secret elsewhere, where one is followed. The name of a file is no secret, nor is a login module without options.
*/}}
{{- define "finecomb.isSecret" -}}
{{- $named := regexMatch "(?i)password|passwd|passphrase|secret|jaas|private|keystore[.]key" .key -}}
{{- $harmless := or (not .value) (regexMatch "(?i)[.](file|location|type)$" .key)
  (regexMatch "^\\s*[\\w.$]+\\s+(required|requisite|sufficient|optional)\\s*;\\s*$" .value) -}}
{{- $refers := and .reference (contains .reference .value) -}}
{{- if and $named (not $harmless) (not $refers) -}}yes{{- end -}}
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
