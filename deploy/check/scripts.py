"""Every shell script of the repository, found by its first line."""

import subprocess

from common import DEPLOY, ROOT, need, tool


def files():
    """Files that git knows, or all of the usual places where there is no git."""
    try:
        list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        out = subprocess.run(list_files, cwd=ROOT, capture_output=True, text=True, check=True)
        names = [ROOT / name for name in out.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [ROOT / ".ci/run", *DEPLOY.rglob("*")]
    for path in names:
        if path.is_file():
            with path.open("rb") as file:
                first = file.readline(80)
            if first.startswith(b"#!") and first.rstrip().endswith((b"sh", b"bash")):
                yield path


def check():
    """Each of them."""
    found = sorted(files())
    need(ROOT / ".ci/run" in found and DEPLOY / "check/install.sh" in found, "scripts", "none were found")
    for path in found:
        tool(path.relative_to(ROOT), "shellcheck", path)
