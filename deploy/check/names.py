"""Every flag and every variable of the program that a file names is one that the program has."""

import re

from common import DEPLOY, ROOT, need, problems

# Read by the build, not by the program.
BUILD = {"BATON_BUILD_REVISION"}
SOURCES = ROOT / "crates/cli/src"


def known():
    """Names from the declarations of the arguments, which are attributes of fields."""
    text = "\n".join(path.read_text() for path in sorted(SOURCES.rglob("*.rs")))
    flags, variables = {"help", "version"}, set()
    for start in re.finditer(r"#\[arg\(", text):
        inside, rest = attribute(text, start.end())
        variables |= set(re.findall(r'\benv\s*=\s*"([A-Z0-9_]+)"', inside))
        long = re.search(r'\blong\b(?:\s*=\s*"([a-z0-9-]+)")?', inside)
        field = re.match(r"(?:\s*#\[[^\n]*\]|\s*//[^\n]*)*\s*(?:pub(?:\([^)]*\))?\s+)?(?:r#)?(\w+)\s*:", rest)
        if long and (long[1] or field):
            flags.add(long[1] or field[1].replace("_", "-"))
    # A variable that is read by hand, such as those of files that hold a secret.
    variables |= set(re.findall(r'"(BATON_[A-Z0-9_]+)"', text))
    return flags, variables


def attribute(text, start):
    """What is inside the brackets that are open at `start`, and what follows them."""
    depth, at, quoted = 1, start, False
    while depth:
        if text[at] == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return text[start : at - 1], text[at:].removeprefix("]")


def flags_in(text):
    """Flags on the command lines of the program, and in lists of arguments; other programs have their own."""
    for line in text.replace("\\\n", " ").splitlines():
        code = line.split("#", 1)[0] if line.lstrip().startswith("#") else line
        ours = re.search(r"baton-clockify (?!-now)[^|&;]*", code)
        listed = re.search(r"""(?:args|command|test|CMD)\W.*\[(.*)\]""", code)
        if re.search(r"\b(kubectl|helm|docker|install|cargo|systemctl)\b", code.split("baton-clockify ", 1)[0]):
            ours = re.search(r"-- /usr/local/bin/baton-clockify .*", code)
        for part in filter(None, (ours, listed)):
            yield from re.findall(r"(?<![\w-])--([a-z][a-z0-9-]*)", part[0])


def check():
    """All text below deploy/."""
    flags, variables = known()
    need(len(flags) > 40 and len(variables) > 25, "crates/cli/src", "the declarations of the flags were not recognised")
    seen = 0
    for path in sorted(DEPLOY.rglob("*")):
        if not path.is_file() or "check" in path.relative_to(DEPLOY).parts:
            continue
        text, where = path.read_text(), path.relative_to(ROOT)
        for name in sorted(set(re.findall(r"\bBATON_[A-Z0-9_]*[A-Z0-9]\b", text)) - variables - BUILD):
            problems.append(f"{where}: the program knows no variable {name}")
        for flag in flags_in(text):
            seen += 1
            need(flag in flags, where, f"the program knows no flag --{flag}")
    need(seen > 15, "deploy", "the flags in the files were not recognised")
