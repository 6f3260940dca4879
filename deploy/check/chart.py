"""The Helm chart: linted and rendered by Helm itself, and what comes out held to the rules of the manifests."""

import os
import re

import helm_python as helm
import yaml

import manifests
from common import DEPLOY, ROOT, documents, need
from pods import everything, template

CHART = DEPLOY / "helm/baton-clockify"
BASE = {"mode": "cron", "credentials": {"existingSecret": "clockify"}}
SHARED = {"mode": "service", "service": {"replicas": 2}, "persistence": {"existingClaim": "shared"}}

# What each file of ci/ must lead to.
KINDS = {
    "cron": "CronJob NetworkPolicy PersistentVolumeClaim Secret ServiceAccount",
    "existing-secret": "CronJob NetworkPolicy PersistentVolumeClaim",
    "no-network-policy": "CronJob PersistentVolumeClaim ServiceAccount",
    "service": "NetworkPolicy Secret Service ServiceAccount StatefulSet",
    "shared-volume": "NetworkPolicy PodDisruptionBudget Service ServiceAccount StatefulSet",
}

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
    ({**BASE, **SHARED}, "ReadWriteMany"),
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
    everything(items, where)
    for item in items:
        need(item["metadata"]["name"].startswith("night-"), where, f"{item['kind']} has not the release's name")
        pod = template(item)
        settings = values.get("settings", {})
        env = {e["name"]: e.get("value") for c in (pod or {"spec": {"containers": []}})["spec"]["containers"] for e in c["env"]}
        need(not pod or settings.items() <= env.items(), where, "settings do not reach the program")
    return items


def shape(items):
    """A workload without what a release adds: names, labels, and what the chart's values make variable."""
    [item] = [item for item in items if item["kind"] in ("CronJob", "StatefulSet")]
    text = yaml.safe_dump(item["spec"], sort_keys=True).replace("night-baton-clockify", "baton-clockify")
    spec = yaml.safe_load(text)
    pod = template({"kind": item["kind"], "spec": spec})
    del pod["metadata"]
    [only] = pod["spec"]["containers"]
    only.pop("imagePullPolicy", None)
    usual = ("BATON_HEALTH_CHECK_PORT", "BATON_METRICS", "BATON_SYNC_PROJECTS")
    only["env"] = sorted((e for e in only["env"] if e["name"] not in usual), key=lambda entry: entry["name"])
    for key in ("selector", "podManagementPolicy", "suspend", "timeZone"):
        spec.pop(key, None)
    return spec


def compared(made):
    """The chart and the manifests say the same about the pods, so that advice about one holds for the other."""
    for name in ("cron", "service"):
        ours, theirs = shape(manifests.built(name)), shape(made[name])
        for key in sorted(ours.keys() | theirs.keys()):
            same = ours.get(key) == theirs.get(key)
            need(same, f"chart {name}", f"differs from deploy/kubernetes/{name} in {key}")


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
        if not made.keys() < KINDS.keys():
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
