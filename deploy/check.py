"""Checks the files of deploy/: rules that matter, and that every flag and variable is one that the program has.

Called by `cargo xtask ci`. It is no validation against the full Kubernetes, compose or Actions schemas.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEPLOY = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "deploy"
problems = []


def need(holds, where, text):
    if not holds:
        problems.append(f"{where}: {text}")


def load(name):
    try:
        return [part for part in yaml.safe_load_all((DEPLOY / name).read_text()) if part is not None]
    except yaml.YAMLError as error:
        problems.append(f"{name}: not YAML: {error}")
        return []


def known():
    """Names from the declarations of the arguments."""
    text = "\n".join(path.read_text() for path in (ROOT / "crates/cli/src").rglob("*.rs"))
    variables = set(re.findall(r'env\s*=\s*"(BATON_[A-Z0-9_]+)"', text))
    declared = re.findall(r"#\[arg\(([^\]]*)\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([a-z]+\))? )?(\w+):", text)
    flags = {name.replace("_", "-") for options, name in declared if re.search(r"\blong\b", options)}
    flags |= set(re.findall(r'long\s*=\s*"([a-z-]+)"', text))
    return flags | {"help", "version"}, variables


def names():
    flags, variables = known()
    need(len(flags) > 15 and len(variables) > 10, "args.rs", "the declarations of the flags were not recognised")
    for path in sorted(DEPLOY.rglob("*")):
        if not path.is_file() or path.suffix == ".py":
            continue
        text, where = path.read_text(), path.relative_to(DEPLOY)
        for name in sorted(set(re.findall(r"BATON_[A-Z0-9_]+", text)) - variables):
            problems.append(f"{where}: the program knows no variable {name}")
        if path.name != "Dockerfile":
            for flag in sorted(set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text)) - flags):
                problems.append(f"{where}: the program knows no flag --{flag}")


def pod(spec, where):
    volumes = {volume["name"] for volume in spec.get("volumes", [])}
    security = spec.get("securityContext", {})
    need(security.get("runAsNonRoot") is True, where, "runAsNonRoot is not true")
    need(spec.get("automountServiceAccountToken") is False, where, "a service account token is mounted")
    for container in spec.get("containers", []):
        image, own = container.get("image", ""), container.get("securityContext", {})
        pinned = ":" in image.rsplit("/", 1)[-1] and not image.endswith(":latest")
        need(pinned, where, f"the image {image!r} has no fixed tag")
        need(own.get("readOnlyRootFilesystem") is True, where, "the root file system is writable")
        need(own.get("allowPrivilegeEscalation") is False, where, "privileges may be raised")
        need(own.get("capabilities", {}).get("drop") == ["ALL"], where, "capabilities are not dropped")
        resources = container.get("resources", {})
        need("memory" in resources.get("limits", {}), where, "no memory limit")
        need("requests" in resources, where, "no resource requests")
        mounts = container.get("volumeMounts", [])
        for mount in mounts:
            need(mount["name"] in volumes, where, f"the mount {mount['name']} has no volume")
        need("/data" in [mount["mountPath"] for mount in mounts], where, "no volume at /data")
        for entry in container.get("env", []):
            secret = re.search("KEY$|SECRET$|TOKEN$", entry["name"])
            need(not (secret and "value" in entry), where, f"{entry['name']} is written out")


def kubernetes():
    labels, selectors, claims, used = [], [], set(), set()
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        for item in load(path.relative_to(DEPLOY)):
            where = f"{path.name} {item.get('kind')}"
            need(item.get("apiVersion") and item.get("kind") and item.get("metadata", {}).get("name"), where, "no name")
            if item.get("kind") == "CronJob":
                spec = item["spec"]
                need(spec.get("concurrencyPolicy") == "Forbid", where, "runs may overlap")
                template = spec["jobTemplate"]["spec"]["template"]
                labels.append(template["metadata"]["labels"])
                pod(template["spec"], where)
                for volume in template["spec"].get("volumes", []):
                    used |= {volume[key]["claimName"] for key in volume if key == "persistentVolumeClaim"}
            elif item.get("kind") == "PersistentVolumeClaim":
                claims.add(item["metadata"]["name"])
            elif item.get("kind") == "NetworkPolicy":
                selectors.append(item["spec"]["podSelector"]["matchLabels"])
                need(item["spec"].get("policyTypes") == ["Ingress", "Egress"], where, "does not restrict both ways")
            else:
                problems.append(f"{where}: this check has no rules for the kind")
    need(labels, "kubernetes", "no workload")
    need(used <= claims, "kubernetes", f"claims that nobody makes: {used - claims}")
    for selector in selectors:
        hit = any(selector.items() <= label.items() for label in labels)
        need(hit, "kubernetes", f"the network policy selects nothing: {selector}")


def dockerfile():
    where, text = "Dockerfile", (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    images = [rest.split()[0] for word, rest in steps if word == "FROM"]
    need(len(images) > 1, where, "one stage only")
    for image in images:
        need(":" in image and not image.endswith(":latest"), where, f"{image} has no fixed tag")
    last = max(index for index, step in enumerate(steps) if step[0] == "FROM")
    users = [rest for word, rest in steps[last:] if word == "USER"]
    need(users and re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]), where, "the last user is not a number above 0")
    for word, rest in steps:
        need(word != "ADD", where, "ADD instead of COPY")
        need(word not in ("ENTRYPOINT", "CMD") or rest.startswith("["), where, f"{word} goes through a shell")
        if word == "RUN" and "apt-get install" in rest:
            need("--no-install-recommends" in rest and "/var/lib/apt/lists" in rest, where, "apt leaves things behind")
        if word == "RUN" and "cargo build" in rest:
            need("--locked" in rest, where, "cargo may choose other versions")


def compose():
    for file in load("compose/compose.yaml"):
        for name, service in file["services"].items():
            where = f"compose {name}"
            need(not service["image"].endswith(":latest") and ":" in service["image"], where, "no fixed tag")
            need(service.get("read_only") is True, where, "the root file system is writable")
            need(service.get("cap_drop") == ["ALL"], where, "capabilities are not dropped")
            need(not str(service.get("user", "0")).startswith("0"), where, "runs as root")
            need("healthcheck" in service, where, "no health check")
            for volume in service.get("volumes", []):
                need(volume.split(":")[0] in file.get("volumes", {}), where, f"{volume} is not declared")
            build = (DEPLOY / "compose" / service["build"]["context"]).resolve() / service["build"]["dockerfile"]
            need(build.is_file() or DEPLOY != ROOT / "deploy", where, f"there is no {service['build']['dockerfile']}")


def actions():
    for file in load("github-actions/sync.yaml"):
        where = "github-actions"
        need("permissions" in file and "concurrency" in file, where, "no permissions or no concurrency")
        need(True in file or "on" in file, where, "nothing starts it")
        for job in file["jobs"].values():
            need("timeout-minutes" in job and "runs-on" in job, where, "a job without a time limit or a runner")
            for step in job["steps"]:
                need(("uses" in step) != ("run" in step), where, f"uses or run, not both: {step}")
                if "uses" in step:
                    need(re.fullmatch(r"[\w./-]+@v?[0-9a-f.]+", step["uses"]), where, f"{step['uses']} is not pinned")
                need("${{" not in step.get("run", ""), where, "an expression inside a script")


def systemd():
    units = DEPLOY / "systemd"
    for unit in sorted(units.glob("*.service")):
        text = unit.read_text()
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "UMask=0077"):
            need(line in text.splitlines(), unit.name, f"no {line}")
    with tempfile.TemporaryDirectory() as folder:
        # systemd looks for the program; any that exists will do.
        for unit in units.iterdir():
            text = unit.read_text().replace("/usr/local/bin/baton-clockify", shutil.which("true"))
            (pathlib.Path(folder) / unit.name).write_text(text)
        paths = sorted(map(str, pathlib.Path(folder).iterdir()))
        out = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True)
        said = [line for line in out.stderr.splitlines() if "baton-clockify" in line or folder in line]
        need(out.returncode == 0 and not said, "systemd", "; ".join(said) or out.stderr.strip())


def scripts():
    for path in [ROOT / ".ci/run", *DEPLOY.rglob("*.sh")]:
        out = subprocess.run(["shellcheck", path], capture_output=True, text=True)
        need(out.returncode == 0, path.name, out.stdout + out.stderr)


for check in (names, kubernetes, dockerfile, compose, actions, systemd, scripts):
    check()
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
