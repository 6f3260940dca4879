"""The image: hadolint's rules, which include shellcheck's for what RUN says, and our own."""

import json
import re
import tomllib

from common import DEPLOY, ROOT, need, tool

FILE = DEPLOY / "Dockerfile"
WHERE = "deploy/Dockerfile"
# What the build reads, besides the sources.
CONTEXT = {"Cargo.toml", "Cargo.lock", "LICENSE", "crates", "examples", "xtask"}


def steps(text):
    """Instructions and what follows them, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    words = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(word.upper(), rest.strip()) for word, rest in words]


def stages(found):
    """Images, and the user and the entry point of what is shipped."""
    images = [rest.split()[0] for word, rest in found if word == "FROM"]
    need(len(images) > 1, WHERE, "one stage only")
    for image in images:
        need(":" in image and not image.endswith(":latest"), WHERE, f"{image} has no fixed tag")
    last = max(index for index, step in enumerate(found) if step[0] == "FROM")
    shipped = found[last:]
    users = [rest for word, rest in shipped if word == "USER"]
    need(users and re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]), WHERE, "the last user is not a number above 0")
    need("/distroless/" in images[-1], WHERE, "what is shipped has more than the program needs")
    need(not any(word == "RUN" for word, _ in shipped), WHERE, "a distroless image has nothing to run")
    release = re.search(r"rust-version = \"([\d.]+)\"", (ROOT / "Cargo.toml").read_text())[1]
    need(images[0].startswith(f"rust:{release}-"), WHERE, f"the build is not Rust {release}, as Cargo.toml says")
    return shipped


def check():
    """The file, and what Docker is shown of the work tree."""
    tool(WHERE, "hadolint", "--no-color", FILE)
    found = steps(FILE.read_text())
    shipped = stages(found)
    for word, rest in found:
        need(word != "ADD", WHERE, "ADD instead of COPY")
        need(word not in ("ENTRYPOINT", "CMD") or rest.startswith("["), WHERE, f"{word} goes through a shell")
        if word == "RUN" and "cargo build" in rest:
            need("--locked" in rest, WHERE, "cargo may choose other versions")
    probe = next((rest for word, rest in shipped if word == "HEALTHCHECK"), "")
    command = re.search(r"CMD (\[.*\])", probe)
    if need(command, WHERE, "no health check in exec form"):
        words = json.loads(command[1])
        need(words[1] == "health-check" and "--if-enabled" in words, WHERE, "a container that is no service seems ill")
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\S+?)="([^"]*)"', FILE.read_text()))
    package = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]
    wanted = {"title": "baton-clockify", "licenses": package["license"], "version": package["version"]}
    wanted |= {"revision": "${BATON_BUILD_REVISION}"}
    for name, value in wanted.items():
        need(labels.get(name) == value, WHERE, f"the label {name} is {labels.get(name)!r}, not {value!r}")
    need("description" in labels, WHERE, "no description")
    base = [rest for word, rest in shipped if word == "FROM"][0].split()[0]
    need(labels.get("base.name") == base, WHERE, "the label base.name is another image's")
    context()


def context():
    """Docker is shown what the build reads, and nothing else."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    need(lines and lines[0] == "*", ".dockerignore", "does not begin with everything")
    shown = {line[1:] for line in lines if line.startswith("!")}
    need(shown == CONTEXT, ".dockerignore", "shows other things than the build reads")
    for secret in ("**/target", "**/*.c1z", "**/*.env"):
        need(secret in lines, ".dockerignore", f"shows {secret}")
    members = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]
    need({member.split("/")[0] for member in members} <= CONTEXT, ".dockerignore", "hides a member of the workspace")
    for name in CONTEXT:
        need((ROOT / name).exists(), ".dockerignore", f"there is no {name}")
