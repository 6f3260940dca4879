"""deploy/kubernetes, as kubectl builds it."""

from common import DEPLOY, ROOT, documents, load, need, run
from pods import everything, schema, template

FOLDER = DEPLOY / "kubernetes"
KINDS = {
    "cron": ["CronJob", "NetworkPolicy", "PersistentVolumeClaim", "ServiceAccount"],
    "service": ["Deployment", "NetworkPolicy", "PersistentVolumeClaim", "Service", "ServiceAccount"],
    "statefulset": ["NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount", "StatefulSet"],
}


def built(name):
    """What `kubectl apply --kustomize` would send."""
    where = f"deploy/kubernetes/{name}"
    out = run("kubectl", "kustomize", FOLDER / name)
    need(out.returncode == 0, where, out.stderr)
    return documents(out.stdout, where)


def secret():
    """The example is one, holds nothing, and has all that the workloads ask for."""
    path = FOLDER / "secret.example.yaml"
    where = path.relative_to(ROOT)
    [item] = load(path)
    schema(item, where)
    for name, value in item["stringData"].items():
        need(value == "replace-me", where, f"{name} has a value")
    return item["metadata"]["name"], set(item["stringData"])


def check():
    """All ways of running, and that no file is left out."""
    name, keys = secret()
    for overlay, kinds in KINDS.items():
        where = f"deploy/kubernetes/{overlay}"
        items = built(overlay)
        need(sorted(item["kind"] for item in items) == kinds, where, "other kinds than expected")
        names = everything(items, where)
        for item in items:
            pod = (template(item) or {}).get("spec", {})
            need(pod.get("serviceAccountName", "") in names["ServiceAccount"] | {""}, where, "no such service account")
            for entry in [entry for each in pod.get("containers", []) for entry in each["env"] if "valueFrom" in entry]:
                source = entry["valueFrom"]["secretKeyRef"]
                known = source["name"] == name and source["key"] in keys
                need(known, where, f"the example of the secret has no {source['key']}")
        [made_of] = load(FOLDER / overlay / "kustomization.yaml")
        parts = made_of["resources"] + [patch["path"] for patch in made_of.get("patches", [])]
        used = {(FOLDER / overlay / part).resolve() for part in parts}
        for path in (FOLDER / overlay).glob("*.yaml"):
            need(path in used or path.name == "kustomization.yaml", path.relative_to(ROOT), "is not applied")
