"""The Helm chart: linted and rendered by Helm itself, and what comes out held to the rules of the manifests."""

import os
import re

import helm_python as helm
import yaml

import manifests
from common import DEPLOY, ROOT, documents, need
from pods import WORKLOADS, everything, template

CHART = DEPLOY / "helm/baton-clockify"
BASE = {"mode": "cron", "credentials": {"existingSecret": "clockify"}}
SERVICE = {**BASE, "mode": "service"}
TWO = {**SERVICE, "service": {"replicas": 2}}
STATEFUL = {**SERVICE, "service": {"workload": "StatefulSet", "replicas": 2}}

# What each file of ci/ must lead to.
KINDS = {
    "cron": "CronJob NetworkPolicy PersistentVolumeClaim Secret ServiceAccount",
    "existing-secret": "CronJob NetworkPolicy PersistentVolumeClaim",
    "no-network-policy": "CronJob PersistentVolumeClaim ServiceAccount",
    "ephemeral": "Deployment NetworkPolicy PodDisruptionBudget Service ServiceAccount",
    "replicas": "NetworkPolicy PodDisruptionBudget Service ServiceAccount StatefulSet",
    "replicas-shared": "NetworkPolicy PodDisruptionBudget Service ServiceAccount StatefulSet",
    "replica": "NetworkPolicy Service ServiceAccount StatefulSet",
    "service": "Deployment NetworkPolicy PersistentVolumeClaim Secret Service ServiceAccount",
    "shared-claim": "Deployment NetworkPolicy PersistentVolumeClaim PodDisruptionBudget Service ServiceAccount",
    "shared-volume": "Deployment NetworkPolicy PodDisruptionBudget Service ServiceAccount",
}

# Folders of deploy/kubernetes, and the file of ci/ that must lead to the same pods.
SAME = {"cron": "cron", "service": "service", "statefulset": "replicas"}

# What must be refused, and a word of why.
REFUSED = (
    ({**BASE, "mode": "deployment"}, "mode"),
    ({**BASE, "moode": "cron"}, "moode"),
    ({**BASE, "image": {"tag": "latest"}}, "tag"),
    ({**BASE, "settings": {"BATON_CLIENT_SECRET": "x"}}, "BATON_CLIENT_SECRET"),
    ({**BASE, "settings": {"BATON_SYNC_PROJECTS": True}}, "settings"),
    ({**BASE, "cron": {"schedule": "nightly"}}, "schedule"),
    ({**BASE, "resources": {"limits": None}}, "resources"),
    ({**BASE, "credentials": {}}, "give existingSecret, or"),
    ({**BASE, "credentials": {"clockifyWorkspaceId": "short"}}, "clockifyWorkspaceId"),
    ({**BASE, "credentials": {"existingSecret": "clockify", "clockifyApiKey": "x"}}, "not both"),
    ({**BASE, "persistence": {"enabled": False}}, "cron mode keeps its output"),
    ({**SERVICE, "persistence": {"enabled": False, "existingClaim": "shared"}}, "existingClaim has no use"),
    ({**SERVICE, "service": {"workload": "DaemonSet"}}, "workload"),
    (TWO, "the 2 replicas of a Deployment share one volume. Set service.workload to StatefulSet"),
    ({**TWO, "persistence": {"accessModes": ["ReadWriteOncePod"]}}, "the 2 replicas of a Deployment share one volume"),
    ({**TWO, "persistence": {"existingClaim": "shared"}}, "pods that share existingClaim need accessModes [ReadWriteMany]"),
    ({**TWO, "persistence": {"enabled": False}, "settings": {"BATON_HOST_ID": "one"}}, "BATON_HOST_ID would be the same"),
    ({**STATEFUL, "persistence": {"existingClaim": "shared"}}, "pods that share existingClaim need accessModes [ReadWriteMany]"),
    ({**STATEFUL, "settings": {"BATON_HOST_ID": "one"}}, "BATON_HOST_ID would be the same"),
    ({"mode": "service", "credentials": {"clockifyApiKey": "x", "clockifyWorkspaceId": "0" * 24}}, "clientSecret"),
)


def render(chart, values):
    """The notes, and all items."""
    chart.validate_schema(values)
    parts = chart.render(values, name="night", namespace="identity")
    notes = "".join(text for name, text in parts.items() if name.endswith("NOTES.txt"))
    text = "\n---\n".join(text for name, text in sorted(parts.items()) if name.endswith(".yaml"))
    return notes, documents(text, "the rendered chart")


def rendered(chart, path):
    """One file of values."""
    name = path.name.removesuffix("-values.yaml")
    where = f"{path.relative_to(ROOT)}"
    values = helm.values_from_yaml(path.read_text())
    report = helm.lint(CHART, values, strict=True)
    for message in report["messages"]:
        need(message["severity"] < 2, where, f"helm lint: {message['path']}: {message['error']}")
    for error in report["errors"]:
        need(False, where, f"helm lint: {error}")
    notes, items = render(chart, values)
    need(notes.strip(), where, "no notes")
    need(sorted(item["kind"] for item in items) == KINDS.get(name, "").split(), where, "other kinds than expected")
    volume = values.get("persistence", {})
    existing = {volume["existingClaim"]: volume.get("accessModes", [])} if "existingClaim" in volume else {}
    everything(items, where, existing)
    [kind] = [item["kind"] for item in items if item["kind"] in WORKLOADS]
    told = f" {kind.lower()}/night-baton-clockify" in notes or kind == "CronJob"
    need(told, where, f"the notes do not name the {kind}")
    for item in items:
        need(item["metadata"]["name"].startswith("night-"), where, f"{item['kind']} has not the release's name")
        pod = template(item)
        settings = values.get("settings", {})
        env = {e["name"]: e.get("value") for c in (pod or {"spec": {"containers": []}})["spec"]["containers"] for e in c["env"]}
        need(not pod or settings.items() <= env.items(), where, "settings do not reach the program")
    return items


def shape(items):
    """A workload without what a release adds: names, labels, and what the chart's values make variable."""
    [item] = [item for item in items if item["kind"] in WORKLOADS]
    text = yaml.safe_dump(item["spec"], sort_keys=True).replace("night-baton-clockify", "baton-clockify")
    spec = yaml.safe_load(text)
    pod = template({"kind": item["kind"], "spec": spec})
    del pod["metadata"]
    for volume in pod["spec"].get("volumes", []):
        # A release has one claim; the folders are told apart.
        volume.get("persistentVolumeClaim", {}).pop("claimName", None)
    [only] = pod["spec"]["containers"]
    only.pop("imagePullPolicy", None)
    usual = ("BATON_HEALTH_CHECK_PORT", "BATON_METRICS", "BATON_SYNC_PROJECTS")
    only["env"] = sorted((e for e in only["env"] if e["name"] not in usual), key=lambda entry: entry["name"])
    for key in ("selector", "suspend", "timeZone"):
        spec.pop(key, None)
    return {"kind": item["kind"], **spec}


def compared(made):
    """The chart and the manifests say the same about the pods, so that advice about one holds for the other."""
    for folder, name in SAME.items():
        built = manifests.built(folder)
        if not built:
            # What kubectl said is noted.
            continue
        ours, theirs = shape(built), shape(made[name])
        for key in sorted(ours.keys() | theirs.keys()):
            same = ours.get(key) == theirs.get(key)
            need(same, f"chart {name}", f"differs from deploy/kubernetes/{folder} in {key}")


def refused(chart):
    """Mistakes are told before anything is installed."""
    for values, why in REFUSED:
        try:
            render(chart, values)
        except helm.HelmError as error:
            need(why in str(error), "chart", f"{values} is refused for another reason: {error}")
        else:
            need(False, "chart", f"{values} is not refused")


def check():
    """Everything about the chart."""
    try:
        loaded()
    except helm.HelmError as error:
        need(False, "deploy/helm/baton-clockify", error)
    values = (CHART / "values.yaml").read_text()
    need(not re.search(r"\t| $", values, re.MULTILINE), "values.yaml", "tabs or blanks at line ends")


def loaded():
    """All that needs a chart that Helm can read."""
    made = {}
    with quiet(), helm.Chart.load(CHART) as chart:
        for path in sorted((CHART / "ci").glob("*.yaml")):
            made[path.name.removesuffix("-values.yaml")] = rendered(chart, path)
        need(made.keys() == KINDS.keys(), "chart", f"ci/ has other files than expected: {sorted(made)}")
        refused(chart)
        if set(SAME.values()) <= made.keys():
            compared(made)
        values, schema = chart.values, chart.schema["properties"]
        need(values.keys() == schema.keys() - {"global"}, "values.yaml", "other values than in values.schema.json")
        need(chart.metadata["appVersion"] == chart.version, "Chart.yaml", "appVersion is not version")


class quiet:
    """Helm's library writes to the standard error what lint mode lets pass."""

    def __enter__(self):
        self.kept = os.dup(2)
        self.nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(self.nowhere, 2)

    def __exit__(self, *_):
        os.dup2(self.kept, 2)
        os.close(self.kept)
        os.close(self.nowhere)
