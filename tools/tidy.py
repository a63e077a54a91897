"""Check the house rules that no other tool knows.

    python -m tools.tidy              look at everything; one line a finding, exit 1 if there is any
    python -m tools.tidy src/allsquare/core     look at a part
    python -m tools.tidy --list       explain the rules

The rules live in tools/tidy_rules/, their good and bad examples in tests/architecture/test_tidy.py.
"""

import argparse
import importlib
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from typer.main import get_command

from tools.tidy_rules import RULES
from tools.tidy_rules.house import House, Source, read_house
from tools.tidy_rules.size import RATCHET

ROOT = Path(__file__).parent.parent
CLI = "allsquare.edges.cli.main"


def look_at(sources: Iterable[Source], house: House) -> Iterator[str]:
    """Give the findings in these files: `path:line: rule: message`."""
    for source in sources:
        found = [(minded.line, rule.name, minded.message) for rule in RULES for minded in rule.find(source, house)]
        for line, name, message in sorted(found):
            yield f"{source.path}:{line}: {name}: {message}"


def open_house(root: Path) -> House:
    """Read what the rules about more than one file need."""
    path = root / RATCHET
    ratchet: dict[str, int] = json.loads(path.read_text()) if path.is_file() else {}
    # On a branch that is being worked on, HEAD is before; on a clean clone, its parent is.
    committed = _committed_ratchet(root, "HEAD")
    before = _committed_ratchet(root, "HEAD~1") if committed == ratchet else committed
    return House(root, ratchet, before, _load_program(root))


def _load_program(root: Path) -> object:
    if not (root / "src" / Path(*CLI.split("."))).with_suffix(".py").is_file():
        return None
    return get_command(importlib.import_module(CLI).app)


def _committed_ratchet(root: Path, commit: str) -> dict[str, int] | None:
    command = ["git", "-C", str(root), "show", f"{commit}:{RATCHET}"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    committed: dict[str, int] = json.loads(shown)
    return committed


def explain() -> str:
    """Say what each rule asks for."""
    return "\n".join(f"{rule.name}\n{textwrap.indent(textwrap.fill(rule.why, 100), '    ')}" for rule in RULES)


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="python -m tools.tidy", description="Check the house rules.")
    parser.add_argument("paths", nargs="*", help="look only at what begins with these")
    parser.add_argument("--list", action="store_true", help="explain the rules")
    asked = parser.parse_args()
    if asked.list:
        print(explain())
        return 0
    wanted = tuple(asked.paths) or ("",)
    sources = [source for source in read_house(ROOT) if source.path.startswith(wanted)]
    findings = list(look_at(sources, open_house(ROOT)))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
