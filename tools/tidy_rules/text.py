"""What no text of the house says."""

import re
from collections.abc import Iterator

from tools.tidy_rules.house import House, Minded, Source, rule

LATER = re.compile(r"\b(?:TODO|FIXME)\b(?!\s*\(?#\d)")
OWN = "tools/tidy_rules/text.py"
LOCKS = ("uv.lock", "package-lock.json", "web/package-lock.json")
MACHINE = re.compile(r"(?<![\w.~/-])/(?:work|root|home/\w[\w-]*)(?:/|\b)")
REGISTRY = re.compile(r"\b(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)\b")


@rule("later-has-a-number", "A TODO or FIXME names its issue: TODO(#12).", suffixes=("",), outside=(OWN, *LOCKS))
def later_has_a_number(source: Source, _: House) -> Iterator[Minded]:
    """Mind intentions nobody can look up."""
    for number, line in enumerate(source.lines, 1):
        if LATER.search(line):
            yield Minded(number, "say the issue's number, as in TODO(#12)")


@rule(
    "any-machine",
    "No file names a folder of one machine (/work, /root, /home/<name>) or the host of a registry.",
    suffixes=("",),
    outside=(OWN, *LOCKS),
)
def any_machine(source: Source, _: House) -> Iterator[Minded]:
    """Mind what is true on one machine only."""
    for number, line in enumerate(source.lines, 1):
        for found in (*MACHINE.finditer(line), *REGISTRY.finditer(line)):
            yield Minded(number, f"{found[0]} is not on every machine")


ALL = [later_has_a_number, any_machine]
