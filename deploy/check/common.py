"""What every check uses: where things are, what was found wrong, tools, YAML."""

import pathlib
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# The programs that install.sh brought along.
TOOLS = pathlib.Path(sys.executable).parent

problems = []


def need(holds, where, text):
    """Notes a problem unless the first is true."""
    if not holds:
        problems.append(f"{where}: {text}")
    return bool(holds)


def run(*command, **options):
    """Runs a tool of our own by its name, or one of the machine's."""
    own = TOOLS / command[0]
    program = str(own) if own.exists() else command[0]
    return subprocess.run([program, *map(str, command[1:])], capture_output=True, text=True, check=False, **options)


def tool(where, *command, **options):
    """Notes what a tool says unless it is content."""
    out = run(*command, **options)
    said = "\n".join(part.strip() for part in (out.stdout, out.stderr) if part.strip())
    return need(out.returncode == 0, where, f"{command[0]} says:\n{said}")


class Strict(yaml.SafeLoader):
    """As Kubernetes and compose read it: a key that is there twice is a mistake."""

    def construct_mapping(self, node, deep=False):
        """Refuses what YAML's rules forbid and the library lets pass."""
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def documents(text, where):
    """The YAML documents of a text; none, and a problem, when it is no YAML."""
    try:
        return [part for part in yaml.load_all(text, Strict) if part is not None]
    except yaml.YAMLError as error:
        need(False, where, f"no YAML: {error}")
        return []


def load(path):
    """The YAML documents of a file."""
    return documents(path.read_text(), path.relative_to(ROOT))
