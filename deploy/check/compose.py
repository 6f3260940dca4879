"""deploy/compose: the schema of compose, and rules for what its services may do."""

import re

from common import DEPLOY, ROOT, load, need, tool

FOLDER = DEPLOY / "compose"


def check():
    """The file and the examples of what it is told."""
    path = FOLDER / "compose.yaml"
    tool("deploy/compose", "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)
    [file] = load(path)
    services = file["services"]
    profiles = sorted(profile for each in services.values() for profile in each.get("profiles", []))
    need(profiles == ["service", "sync"], "deploy/compose", f"the profiles are {profiles}")
    for name, each in services.items():
        where = f"deploy/compose {name}"
        need(":" in each["image"] and not each["image"].endswith(":latest"), where, "no fixed tag")
        need(each.get("read_only") is True, where, "the root file system is writable")
        need(each.get("cap_drop") == ["ALL"], where, "capabilities are not dropped")
        need("no-new-privileges:true" in each.get("security_opt", []), where, "privileges may be raised")
        need(each.get("user") == "65532:65532", where, "not the image's user")
        need("healthcheck" in each and "mem_limit" in each, where, "no health check, or no limit of memory")
        need(each.get("healthcheck", {}).get("test", [""])[0] == "CMD", where, "the health check needs a shell")
        need("/data" in [volume.split(":")[1] for volume in each.get("volumes", [])], where, "no volume at /data")
        for volume in each.get("volumes", []):
            need(volume.split(":")[0] in file.get("volumes", {}), where, f"{volume} is not declared")
        grace = int(each.get("stop_grace_period", "0s").rstrip("s"))
        need("command" in each or grace > 45, where, "it is killed before the tasks have ended")
        build = each["build"]
        there = (FOLDER / build["context"]).resolve()
        need(there == ROOT and (there / build["dockerfile"]).is_file(), where, f"there is no {build['dockerfile']}")
        example(name, FOLDER / f"{each['env_file']}.example")
    ignored = "/deploy/compose/*.env" in (ROOT / ".gitignore").read_text().splitlines()
    need(ignored, ".gitignore", "git would take the files that hold secrets")


def example(name, path):
    """What a service must be told, without values."""
    where = path.relative_to(ROOT)
    if not need(path.is_file(), where, "is not there"):
        return
    values = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", path.read_text(), re.MULTILINE))
    for variable, value in values.items():
        need(value == "replace-me", where, f"{variable} has a value")
    wanted = {"BATON_CLOCKIFY_API_KEY", "BATON_CLOCKIFY_WORKSPACE_ID"}
    if name == "service":
        wanted |= {"BATON_CLIENT_ID", "BATON_CLIENT_SECRET"}
    need(values.keys() == wanted, where, f"names {sorted(values)}")
