"""deploy/systemd: systemd's own checks, how exposed it finds the services, and that all of them are hardened alike."""

import pathlib
import re
import shutil
import tempfile

from common import DEPLOY, ROOT, need, run

FOLDER = DEPLOY / "systemd"
PROGRAM = "/usr/local/bin/baton-clockify"
# In tenths: what systemd itself calls OK ends at 2.0 here; a service without any of this has 9.6.
EXPOSURE = 15
# Whatever secret a unit hands on, and the flag that it is for.
CREDENTIALS = {"clockify-api-key": "api-key", "client-secret": "client-secret"}
# Lines that belong to one service; everything else under [Service] is hardening, and the same in all.
OWN = {
    "EnvironmentFile", "ExecStart", "LoadCredential", "Restart", "RestartPreventExitStatus", "RestartSec", "StateDirectory",
    "SuccessExitStatus", "TimeoutStartSec", "TimeoutStopSec", "Type",
}


def settings(text):
    """Names and values under [Service], in their order."""
    part = text.split("[Service]", 1)[1].split("\n[", 1)[0]
    return [tuple(line.split("=", 1)) for line in part.splitlines() if "=" in line and not line.startswith("#")]


def verified():
    """systemd looks for the program; any that exists will do."""
    with tempfile.TemporaryDirectory() as folder:
        for unit in (*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")):
            text = unit.read_text().replace(PROGRAM, shutil.which("true"))
            (pathlib.Path(folder) / unit.name).write_text(text)
        out = run("systemd-analyze", "verify", *sorted(pathlib.Path(folder).iterdir()))
        said = [line for line in out.stderr.splitlines() if "baton-clockify" in line or folder in line]
        need(out.returncode == 0 and not said, "deploy/systemd", "; ".join(said) or out.stderr.strip())


def secrets(name, found):
    """Secrets come as credentials and stand in no environment."""
    loaded = dict(value.split(":", 1) for key, value in found if key == "LoadCredential")
    for credential, path in loaded.items():
        expected = f"/etc/baton-clockify/{CREDENTIALS.get(credential)}"
        need(path == expected, name, f"the credential {credential} comes from {path}, not {expected}")
    need("clockify-api-key" in loaded, name, "the key is no credential")
    need(not any(re.search("KEY=|SECRET=", value) for key, value in found if key == "Environment"), name, "a secret is written out")


def check():
    """Units, and what they say of each other."""
    verified()
    alike = {}
    for unit in sorted(FOLDER.glob("*.service")):
        name, found = unit.relative_to(ROOT), settings(unit.read_text())
        out = run("systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE}", unit)
        need(out.returncode == 0, name, f"too exposed: {' '.join(out.stdout.split()[-8:])} {out.stderr}")
        secrets(name, found)
        alike[unit.name] = [line for line in found if line[0] not in OWN]
        known = set(dict(found))
        need({"UMask", "NoNewPrivileges", "ProtectSystem", "DynamicUser", "StateDirectory"} <= known, name, "not hardened")
    need(len(alike) == 3 and len({tuple(lines) for lines in alike.values()}) == 1, "deploy/systemd",
         "the services are hardened in different ways")
