{{/* The template of service mode's pods, for a Deployment and for a StatefulSet. */}}
{{- define "baton-clockify.servicePod" -}}
metadata: {{- include "baton-clockify.podMetadata" . | nindent 2 }}
spec:
  {{- if and (eq .Values.service.workload "Deployment") (le (int .Values.service.replicas) 1) }}
  # The instance's name under C1, which the next pod has as well. Of several pods each has its own.
  hostname: {{ include "baton-clockify.fullname" . }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .Values.service.terminationGracePeriodSeconds }}
  {{- include "baton-clockify.podSpec" . | nindent 2 }}
  containers:
    - name: connector
      env:
        - {name: BATON_DATA_DIR, value: /data}
        - {name: BATON_HEALTH_CHECK, value: "true"}
        - {name: BATON_HEALTH_CHECK_BIND_ADDRESS, value: 0.0.0.0}
        - {name: BATON_HEALTH_CHECK_PORT, value: {{ .Values.service.port | quote }}}
        - {name: BATON_METRICS, value: {{ .Values.service.metrics | quote }}}
        {{- include "baton-clockify.env" . | trim | nindent 8 }}
      ports:
        - {name: health, containerPort: {{ .Values.service.port }}}
      startupProbe:
        httpGet: {path: /live, port: health}
        periodSeconds: 2
        failureThreshold: 30
      livenessProbe:
        httpGet: {path: /live, port: health}
        periodSeconds: 20
        timeoutSeconds: 5
      readinessProbe:
        httpGet: {path: /ready, port: health}
        periodSeconds: 20
        timeoutSeconds: 5
      {{- include "baton-clockify.container" . | nindent 6 }}
  {{- $volume := include "baton-clockify.volume" . }}
  {{- if or (ne $volume "each") .Values.extraVolumes }}
  volumes:
    {{- if eq $volume "claim" }}
    - name: data
      persistentVolumeClaim: {claimName: {{ include "baton-clockify.claimName" . }}}
    {{- else if eq $volume "ephemeral" }}
    - name: data
      emptyDir: {sizeLimit: {{ .Values.persistence.size }}}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end }}
