"""Checks the files of deploy/ with the tools that install.sh has brought. Called by `cargo xtask ci`."""

import importlib
import sys
import time

from common import ROOT, problems

CHECKS = ("names", "image", "compose", "workflows", "units", "scripts", "pages", "manifests", "chart")


def main():
    """All checks, or those that are named."""
    here = ROOT / "deploy/check/requirements.txt"
    installed = ROOT / "target/deploy-check/installed.txt"
    if not installed.is_file() or installed.read_bytes() != here.read_bytes():
        sys.exit("deploy/check/requirements.txt has changed: run deploy/check/install.sh")
    for name in sys.argv[1:] or CHECKS:
        begun, before = time.monotonic(), len(problems)
        importlib.import_module(name).check()
        state = "ok" if len(problems) == before else f"{len(problems) - before} problems"
        print(f"deploy/check: {name}: {state} in {time.monotonic() - begun:.1f} s", file=sys.stderr)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
