"""Workflows of GitHub Actions, the example and our own: schema, zizmor's rules without the network, shellcheck for scripts."""

import re

from common import DEPLOY, ROOT, load, need, run, tool

CONFIG = DEPLOY / "github-actions/zizmor.yml"


def files():
    """The example, and those of the repository itself."""
    own = ROOT / ".github/workflows"
    return [DEPLOY / "github-actions/sync.yaml", *sorted(own.glob("*.y*ml"))]


def check():
    """Each workflow."""
    for path in files():
        where = path.relative_to(ROOT)
        tool(where, "check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)
        tool(where, "zizmor", "--offline", "--no-progress", "--color", "never", "--config", CONFIG, path)
        [file] = load(path)
        need(isinstance(file.get("permissions"), dict), where, "the permissions of all jobs are not named one by one")
        for name, job in file["jobs"].items():
            here = f"{where} {name}"
            need("timeout-minutes" in job or "uses" in job, here, "no limit of time")
            for step in job.get("steps", []):
                used = step.get("uses", "@v1")
                need(re.fullmatch(r"[\w./-]*@v?[0-9a-f.]+", used) or used.startswith("./"), here, f"{used} is not pinned")
                script(step, here)


def script(step, where):
    """What a step runs, as the runner's shell does."""
    if "run" not in step or step.get("shell", "bash") != "bash":
        return
    need("${{" not in step["run"], where, "an expression inside a script")
    out = run("shellcheck", "--shell=bash", "-", input=step["run"])
    need(out.returncode == 0, where, f"{step.get('name')}: {out.stdout}")
