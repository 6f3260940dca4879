"""Rules for what runs in a cluster, whether a manifest or the chart says it."""

import re

import kubernetes_validate

from common import need

# The oldest that knows all that is used, and the newest there is a schema for.
VERSIONS = ("1.31", "1.37")
DATA = "/data"


def schema(item, where):
    """The cluster's own schemas, with no field that they do not know."""
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(item, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = ".".join(map(str, error.path))
            need(False, where, f"Kubernetes {version}: {path}: {error.message}")
        except kubernetes_validate.SchemaNotFoundError as error:
            need(False, where, f"Kubernetes {version}: {error}")


def template(item):
    """The template of an item's pods, if it has pods."""
    spec = item.get("spec", {})
    if item["kind"] == "CronJob":
        return spec["jobTemplate"]["spec"]["template"]
    return spec.get("template")


def secure(spec, where):
    """What a pod may do."""
    security = spec.get("securityContext", {})
    need(security.get("runAsNonRoot") is True, where, "runAsNonRoot is not true")
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        need(security.get(key) == 65532, where, f"{key} is not the image's user")
    need(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", where, "no seccomp profile")
    need(spec.get("automountServiceAccountToken") is False, where, "a service account token is mounted")
    need(spec.get("enableServiceLinks") is False, where, "variables of services are added")
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        need(not spec.get(key), where, f"{key} is on")
    need(not any("hostPath" in volume for volume in spec.get("volumes", [])), where, "a folder of the node is mounted")


def container(each, volumes, where):
    """One container of a pod."""
    image, own = each.get("image", ""), each.get("securityContext", {})
    name = image.rsplit("/", 1)[-1]
    pinned = "@sha256:" in image or (":" in name and not image.endswith(":latest"))
    need(pinned, where, f"the image {image!r} has no fixed tag")
    need(own.get("readOnlyRootFilesystem") is True, where, "the root file system is writable")
    need(own.get("allowPrivilegeEscalation") is False, where, "privileges may be raised")
    need(own.get("capabilities", {}).get("drop") == ["ALL"], where, "capabilities are not dropped")
    need("add" not in own.get("capabilities", {}) and not own.get("privileged"), where, "it gets rights")
    resources = each.get("resources", {})
    need("memory" in resources.get("limits", {}), where, "no memory limit")
    need("memory" in resources.get("requests", {}), where, "no resource requests")
    mounts = each.get("volumeMounts", [])
    for mount in mounts:
        need(mount["name"] in volumes, where, f"the mount {mount['name']} has no volume")
    need(DATA in [mount["mountPath"] for mount in mounts], where, f"no volume at {DATA}")
    names = [entry["name"] for entry in each.get("env", [])]
    need(len(names) == len(set(names)), where, "a variable is there twice")
    for entry in each.get("env", []):
        secret = re.search("KEY$|SECRET$|TOKEN$|PASSWORD$", entry["name"])
        need(not (secret and "value" in entry), where, f"{entry['name']} is written out")


def probes(each, where):
    """What is asked of a service, and that it is served."""
    ports = {port.get("name"): port["containerPort"] for port in each.get("ports", [])}
    env = {entry["name"]: entry.get("value") for entry in each.get("env", [])}
    need(env.get("BATON_HEALTH_CHECK") == "true", where, "it is probed, but answers no probes")
    need(env.get("BATON_HEALTH_CHECK_BIND_ADDRESS") == "0.0.0.0", where, "the node cannot reach the probes")
    served = int(env.get("BATON_HEALTH_CHECK_PORT") or 8081)
    for kind, path in (("startup", "/live"), ("liveness", "/live"), ("readiness", "/ready")):
        probe = each.get(f"{kind}Probe", {}).get("httpGet", {})
        need(probe.get("path") == path, where, f"the {kind} probe does not ask {path}")
        port = ports.get(probe.get("port"), probe.get("port"))
        need(port == served, where, f"the {kind} probe asks port {port}, and {served} is served")


def workload(item, where):
    """A CronJob or a StatefulSet."""
    spec, pod = item["spec"], template(item)["spec"]
    secure(pod, where)
    claims = {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])}
    volumes = {volume["name"] for volume in pod.get("volumes", [])} | claims
    for each in pod.get("containers", []):
        container(each, volumes, where)
    if item["kind"] == "CronJob":
        job = spec["jobTemplate"]["spec"]
        need(spec.get("concurrencyPolicy") == "Forbid", where, "runs may overlap")
        need("timeZone" in spec, where, "no time zone")
        need("activeDeadlineSeconds" in job, where, "no limit of time")
        need(pod.get("restartPolicy") == "Never", where, "a policy for failures needs restartPolicy Never")
        codes = [rule["onExitCodes"]["values"] for rule in job["podFailurePolicy"]["rules"] if "onExitCodes" in rule]
        need(codes and 75 not in codes[0], where, "a sync that can go on is not tried again")
    else:
        need(pod.get("terminationGracePeriodSeconds", 0) > 45, where, "it is killed before the tasks have ended")
        for each in pod["containers"]:
            probes(each, where)
        labels = template(item)["metadata"]["labels"]
        need(spec["selector"]["matchLabels"].items() <= labels.items(), where, "it does not select its own pods")


RULES = {
    "ConfigMap", "CronJob", "NetworkPolicy", "PersistentVolumeClaim", "PodDisruptionBudget", "Secret", "Service",
    "ServiceAccount", "StatefulSet",
}


def everything(items, where):
    """All that is applied together."""
    names = {}
    for item in items:
        here = f"{where} {item.get('kind')}"
        need(item.get("kind") in RULES, here, "this check has no rules for the kind")
        schema(item, here)
        names.setdefault(item["kind"], set()).add(item["metadata"]["name"])
        if item["kind"] in ("CronJob", "StatefulSet"):
            workload(item, here)
        if item["kind"] == "NetworkPolicy":
            need(item["spec"].get("policyTypes") == ["Ingress", "Egress"], here, "does not restrict both ways")
        if item["kind"] == "ServiceAccount":
            need(item.get("automountServiceAccountToken") is False, here, "pods get its token")
    pods = [template(item) for item in items if item["kind"] in ("CronJob", "StatefulSet")]
    need(len(pods) == 1, where, f"{len(pods)} workloads in place of one")
    labels = [pod["metadata"]["labels"] for pod in pods]
    for item in items:
        selector = selector_of(item)
        if selector is not None:
            hit = selector and any(selector.items() <= label.items() for label in labels)
            need(hit, f"{where} {item['kind']}", f"selects nothing: {selector}")
    return names


def selector_of(item):
    """Which pods an item is about."""
    spec = item.get("spec", {})
    if item["kind"] == "NetworkPolicy":
        return spec["podSelector"].get("matchLabels", {})
    if item["kind"] == "PodDisruptionBudget":
        return spec["selector"].get("matchLabels", {})
    return spec["selector"] if item["kind"] == "Service" else None
