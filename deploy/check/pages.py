"""What the documentation says about the files: that they are there, and of which version they are."""

import re
import tomllib

from common import DEPLOY, ROOT, need

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def check():
    """Paths below deploy/, versions of the image, blocks that are copies."""
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    for page in PAGES:
        text, where = page.read_text(), page.relative_to(ROOT)
        for name in sorted(set(re.findall(r"(?<![\w./-])deploy/[\w./-]*[\w/]", text))):
            need((ROOT / name).exists() or name.endswith(".env"), where, f"there is no {name}")
        for foreign in ("ini", "yaml"):
            found = re.findall(rf"^```{foreign}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
            for block in found:
                whole = re.search(r"^\[Service\]|^kind: (CronJob|StatefulSet|Deployment)", block, re.MULTILINE)
                need(not whole, where, "repeats a file of deploy/ in place of naming it")
    paths = [path for path in DEPLOY.rglob("*") if path.is_file() and "check" not in path.relative_to(DEPLOY).parts]
    for path in [*PAGES, *paths]:
        for tag in re.findall(r"registry\.example/baton-clockify:([\w.-]+)", path.read_text()):
            need(tag == version, path.relative_to(ROOT), f"the image is {tag}, and the workspace {version}")
    chart = (DEPLOY / "helm/baton-clockify/Chart.yaml").read_text()
    for key in ("version", "appVersion"):
        need(re.search(rf'^{key}: "?{re.escape(version)}"?$', chart, re.MULTILINE), "Chart.yaml", f"{key} is not {version}")
