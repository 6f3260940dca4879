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


def instances(item, volumes, where):
    """Each pod of a service is another instance for C1, and no two take a volume that one node only can write."""
    spec, pod = item["spec"], template(item)["spec"]
    many = spec.get("replicas", 1) > 1
    env = [entry["name"] for each in pod["containers"] for entry in each["env"]]
    named = "hostname" in pod or "BATON_HOST_ID" in env
    if item["kind"] == "StatefulSet":
        need("hostname" not in pod, where, "its pods have names already")
        need("serviceName" in spec, where, "no service gives its pods their names")
    else:
        need(named or many, where, "each new pod is another instance for C1")
        strategy = spec.get("strategy", {}).get("type")
        need(strategy == ("RollingUpdate" if many else "Recreate"), where, f"the strategy is {strategy}")
    need(not (named and many), where, "all pods are the same instance for C1")
    shared = any("persistentVolumeClaim" in volume for volume in pod.get("volumes", []) if volume["name"] == "data")
    need(not (shared and many) or "ReadWriteMany" in volumes, where, "several pods take a volume of one node")


def workload(item, where, modes):
    """A CronJob, a Deployment or a StatefulSet, and how its claim may be used."""
    spec, pod = item["spec"], template(item)["spec"]
    secure(pod, where)
    claims = {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])}
    volumes = {volume["name"] for volume in pod.get("volumes", [])} | claims
    for volume in pod.get("volumes", []):
        need("sizeLimit" in volume.get("emptyDir", {"sizeLimit": 0}), where, "a folder of the node may grow without limit")
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
        instances(item, modes, where)
        for each in pod["containers"]:
            probes(each, where)
        labels = template(item)["metadata"]["labels"]
        need(spec["selector"]["matchLabels"].items() <= labels.items(), where, "it does not select its own pods")


WORKLOADS = {"CronJob", "Deployment", "StatefulSet"}
RULES = WORKLOADS | {
    "ConfigMap", "NetworkPolicy", "PersistentVolumeClaim", "PodDisruptionBudget", "Secret", "Service", "ServiceAccount",
}


def everything(items, where, existing=None):
    """All that is applied together, perhaps with a claim that is there already: its name and its modes."""
    names = {}
    claims = {item["metadata"]["name"]: item["spec"]["accessModes"] for item in items if item["kind"] == "PersistentVolumeClaim"}
    claims |= existing or {}
    for item in items:
        here = f"{where} {item.get('kind')}"
        need(item.get("kind") in RULES, here, "this check has no rules for the kind")
        schema(item, here)
        names.setdefault(item["kind"], set()).add(item["metadata"]["name"])
        if item["kind"] in WORKLOADS:
            used = claims_of(item)
            need(used <= claims.keys(), here, f"nobody makes one of the claims {sorted(used)}")
            workload(item, here, [mode for name in used for mode in claims.get(name, [])])
        if item["kind"] == "NetworkPolicy":
            need(item["spec"].get("policyTypes") == ["Ingress", "Egress"], here, "does not restrict both ways")
        if item["kind"] == "ServiceAccount":
            need(item.get("automountServiceAccountToken") is False, here, "pods get its token")
    pods = [template(item) for item in items if item["kind"] in WORKLOADS]
    need(len(pods) == 1, where, f"{len(pods)} workloads in place of one")
    labels = [pod["metadata"]["labels"] for pod in pods]
    for item in items:
        selector = selector_of(item)
        if selector is not None:
            hit = selector and any(selector.items() <= label.items() for label in labels)
            need(hit, f"{where} {item['kind']}", f"selects nothing: {selector}")
    return names


def claims_of(item):
    """The claims that an item's pods name."""
    volumes = [volume.get("persistentVolumeClaim") for volume in template(item)["spec"].get("volumes", [])]
    return {volume["claimName"] for volume in volumes if volume}


def selector_of(item):
    """Which pods an item is about."""
    spec = item.get("spec", {})
    if item["kind"] == "NetworkPolicy":
        return spec["podSelector"].get("matchLabels", {})
    if item["kind"] == "PodDisruptionBudget":
        return spec["selector"].get("matchLabels", {})
    return spec["selector"] if item["kind"] == "Service" else None
