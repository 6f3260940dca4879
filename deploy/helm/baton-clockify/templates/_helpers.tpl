{{/* The part of every name that the release does not decide. */}}
{{- define "baton-clockify.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of everything that is made; a CronJob's may have 52 characters. */}}
{{- define "baton-clockify.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{/* What selects the pods; must never change. */}}
{{- define "baton-clockify.selectorLabels" -}}
app.kubernetes.io/name: {{ include "baton-clockify.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .Values.mode }}
{{- end }}

{{- define "baton-clockify.labels" -}}
{{ include "baton-clockify.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "baton-clockify.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "baton-clockify.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "baton-clockify.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "baton-clockify.secretName" -}}
{{- default (include "baton-clockify.fullname" .) .Values.credentials.existingSecret }}
{{- end }}

{{- define "baton-clockify.claimName" -}}
{{- default (include "baton-clockify.fullname" .) .Values.persistence.existingClaim }}
{{- end }}

{{/* Where the pods keep their data: each on a volume of its own, on a claim that has a name, or on nothing that stays. */}}
{{- define "baton-clockify.volume" -}}
{{- if not .Values.persistence.enabled }}ephemeral
{{- else if and (eq .Values.mode "service") (eq .Values.service.workload "StatefulSet") (not .Values.persistence.existingClaim) }}each
{{- else }}claim
{{- end }}
{{- end }}

{{/* For the notes. */}}
{{- define "baton-clockify.kept" -}}
{{- if and .Values.persistence.keep (not .Values.persistence.existingClaim) }} It stays when the release is uninstalled.{{ end }}
{{- end }}

{{/* What a claim asks for, whoever makes it. */}}
{{- define "baton-clockify.claimSpec" -}}
accessModes: {{- toYaml .Values.persistence.accessModes | nindent 2 }}
{{- with .Values.persistence.storageClass }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.persistence.size }}
{{- end }}

{{/* Says what is missing before anything is installed. */}}
{{- define "baton-clockify.check" -}}
{{- $given := .Values.credentials }}
{{- $literal := or $given.clockifyApiKey $given.clockifyWorkspaceId $given.clientId $given.clientSecret }}
{{- if and $given.existingSecret $literal }}
{{- fail "credentials: give existingSecret or the values themselves, not both" }}
{{- end }}
{{- if not $given.existingSecret }}
{{- if not (and $given.clockifyApiKey $given.clockifyWorkspaceId) }}
{{- fail "credentials: give existingSecret, or clockifyApiKey and clockifyWorkspaceId" }}
{{- end }}
{{- if and (eq .Values.mode "service") (not (and $given.clientId $given.clientSecret)) }}
{{- fail "credentials: service mode needs clientId and clientSecret as well, or existingSecret" }}
{{- end }}
{{- end }}
{{- if and (not .Values.persistence.enabled) (eq .Values.mode "cron") }}
{{- fail "persistence: cron mode keeps its output on the volume, so enabled must be true" }}
{{- end }}
{{- if and (not .Values.persistence.enabled) .Values.persistence.existingClaim }}
{{- fail "persistence: existingClaim has no use when enabled is false" }}
{{- end }}
{{- if and (eq .Values.mode "service") (gt (int .Values.service.replicas) 1) }}
{{- if .Values.settings.BATON_HOST_ID }}
{{- fail "settings: with more than one replica BATON_HOST_ID would be the same for all; leave it out, and each is called as its pod" }}
{{- end }}
{{- if and (eq (include "baton-clockify.volume" .) "claim") (not (has "ReadWriteMany" .Values.persistence.accessModes)) }}
{{- if .Values.persistence.existingClaim }}
{{- fail "persistence: pods that share existingClaim need accessModes [ReadWriteMany]" }}
{{- end }}
{{- fail (printf "service: the %d replicas of a Deployment share one volume. Set service.workload to StatefulSet for one volume each, persistence.accessModes to [ReadWriteMany] if the storage can do that, or persistence.enabled to false for none that stays" (int .Values.service.replicas)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Labels and annotations of the pods. */}}
{{- define "baton-clockify.podMetadata" -}}
labels: {{- include "baton-clockify.selectorLabels" . | nindent 2 }}
{{- with .Values.podLabels }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or .Values.podAnnotations (not .Values.credentials.existingSecret) }}
annotations:
  {{- if not .Values.credentials.existingSecret }}
  # A new key reaches the pods because it changes this.
  checksum/credentials: {{ toJson .Values.credentials | sha256sum }}
  {{- end }}
  {{- with .Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{/* What is the same for a pod of both modes. */}}
{{- define "baton-clockify.podSpec" -}}
serviceAccountName: {{ include "baton-clockify.serviceAccountName" . }}
automountServiceAccountToken: false
# Otherwise each Service in the namespace adds variables, and those of one called baton-clockify begin as ours do.
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What is the same for a container of both modes. */}}
{{- define "baton-clockify.container" -}}
image: {{ include "baton-clockify.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
resources: {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: data, mountPath: /data}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Credentials from the Secret, then the settings. */}}
{{- define "baton-clockify.env" -}}
{{- $names := list "BATON_CLOCKIFY_API_KEY" "BATON_CLOCKIFY_WORKSPACE_ID" }}
{{- if eq .Values.mode "service" }}
{{- $names = concat $names (list "BATON_CLIENT_ID" "BATON_CLIENT_SECRET") }}
{{- end }}
{{- range $names }}
- name: {{ . }}
  valueFrom:
    secretKeyRef: {name: {{ include "baton-clockify.secretName" $ }}, key: {{ . }}}
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
