"""Documents name only what exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.tidy_rules.house import House, Minded, Source, rule

WHERE = ("docs/", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "bench/README.md", "web/README.md")
FOLDERS = ("src/", "tests/", "docs/", "tools/", "bench/", "web/", ".ci/")
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"\s*(?:```|~~~)")
PLACEHOLDER = re.compile(r"[<>…{}$]|NNNN|\.\.\.")
COMMAND = re.compile(r"(?:^|[\s/(])allsquare((?: +[^\s|&;)#]+)+)")


def _lines(source: Source) -> Iterator[tuple[int, str, bool]]:
    """Walk through the lines, with whether each is inside a fence."""
    fenced = False
    for number, line in enumerate(source.lines, 1):
        if FENCE.match(line):
            fenced = not fenced
        else:
            yield number, line, fenced


def _exists(root: Path, word: str) -> bool:
    path = re.sub(r"(?:::|#|:\d).*$", "", word.strip("'\"()[],;:").rstrip("."))
    if PLACEHOLDER.search(path):
        return True
    if "*" in path:
        return any(root.glob(path))
    return (root / path).exists()


@rule(
    "docs-name-what-exists",
    "A path in backticks that begins with src/, tests/, docs/ … is there, and so is what a link points to.",
    within=WHERE,
    suffixes=(".md",),
)
def docs_name_what_exists(source: Source, house: House) -> Iterator[Minded]:
    """Mind paths and links that lead nowhere."""
    for number, line, fenced in _lines(source):
        if fenced:
            continue
        for code in CODE.findall(line):
            for word in code.split():
                if word.startswith(FOLDERS) and not _exists(house.root, word):
                    yield Minded(number, f"there is no {word}")
        for target in LINK.findall(CODE.sub("", line)):
            path = "" if "://" in target or target.startswith("mailto:") else target.partition("#")[0]
            if path and not (house.root / Path(source.path).parent / path).exists():
                yield Minded(number, f"the link to {target} leads nowhere")


def _unknown_words(command: Any, words: list[str]) -> Iterator[str]:  # noqa: ANN401 - click has no types
    """Give the subcommands and options that a command line names and the command does not have."""
    options = {"--help"}
    for word in words:
        options.update(name for param in command.params for name in (*param.opts, *param.secondary_opts))
        name = word.strip("`'\",.:").partition("=")[0]
        if name.startswith("--"):
            if name not in options:
                yield name
        elif hasattr(command, "commands") and re.fullmatch(r"[a-z][a-z-]*", name):
            if name not in command.commands:
                yield name
                return
            command = command.commands[name]


@rule(
    "docs-name-commands",
    "A command line `allsquare …` in the documents names a command and options that there are.",
    within=WHERE,
    suffixes=(".md",),
)
def docs_name_commands(source: Source, house: House) -> Iterator[Minded]:
    """Mind command lines that would not work."""
    if house.program is None:
        return
    for number, line, fenced in _lines(source):
        for code in [line.lstrip(" $")] if fenced else CODE.findall(line):
            for words in COMMAND.findall(code):
                for word in _unknown_words(house.program, words.split()):
                    yield Minded(number, f"`allsquare{words}`: there is no {word}")


ALL = [docs_name_what_exists, docs_name_commands]
