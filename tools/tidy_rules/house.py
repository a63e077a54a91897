"""What a rule is, and what it looks at.

A rule is a function from one file to the lines it minds. Some lines may say why they break it: a comment
`# tidy: <word> …` with the rule's word, on any line of the statement. A comment that excuses nothing is a finding too.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

EXAMPLES = ("tests/architecture/test_tidy",)
"""Where the bad examples of the rules themselves live."""

IGNORED_FOLDERS = {"node_modules", "dist", "__pycache__"}


class Source:
    """One file: its path from the root of the house, its text, and what Python makes of it."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """Give the lines of the text."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """Parse the file; one that is no Python gives an empty module (ruff names the error)."""
        try:
            return ast.parse(self.text)
        except SyntaxError:
            return ast.Module([], [])

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Give every node of the tree."""
        return list(ast.walk(self.tree))

    @cached_property
    def docstrings(self) -> set[ast.AST]:
        """Give the constants that are docstrings, of attributes too: prose, whatever it begins with."""
        alone = (node.value for node in self.nodes if isinstance(node, ast.Expr))
        return {value for value in alone if isinstance(value, ast.Constant)}

    def strings(self) -> Iterator[ast.Constant]:
        """Walk through the texts of the program, without its docstrings."""
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in self.docstrings:
                yield node


@dataclass(frozen=True, slots=True)
class Minded:
    """What a rule minds, and the lines on which an excuse may stand."""

    line: int
    message: str
    last_line: int = 0

    @classmethod
    def at(cls, node: ast.stmt | ast.expr | ast.excepthandler, message: str) -> "Minded":
        """Mind a node; a handler's excuse stands on its first line, not in its body."""
        last = node.lineno if isinstance(node, ast.excepthandler) else node.end_lineno
        return cls(node.lineno, message, last or node.lineno)


@dataclass(frozen=True, slots=True)
class House:
    """The tree of files, and what rules about more than one file need."""

    root: Path
    ratchet: dict[str, int] = field(default_factory=dict)
    ratchet_before: dict[str, int] | None = None
    program: Any = None
    """The command `allsquare` as click knows it; None until there is one."""


Look = Callable[[Source, House], Iterator[Minded]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule, where it holds, and how it looks."""

    name: str
    why: str
    look: Look
    within: tuple[str, ...]
    suffixes: tuple[str, ...]
    outside: tuple[str, ...]
    excuse: str
    needs_reason: bool

    def holds_in(self, path: str) -> bool:
        """Tell whether the rule is about this file."""
        return (
            path.startswith(self.within)
            and path.endswith(self.suffixes)
            and not path.startswith((*self.outside, *EXAMPLES))
        )

    def find(self, source: Source, house: House) -> Iterator[Minded]:
        """Give what the rule minds in a file and nothing excuses, and the excuses for nothing."""
        if not self.holds_in(source.path):
            return
        excuses = self._excuses(source)
        used: set[int] = set()
        for minded in self.look(source, house):
            found = [line for line in range(minded.line, max(minded.last_line, minded.line) + 1) if line in excuses]
            used.update(found)
            if not found:
                yield minded
        for line, reason in excuses.items():
            if line not in used:
                yield Minded(line, f"nothing here needs `# tidy: {self.excuse}`")
            elif self.needs_reason and not reason:
                yield Minded(line, f"`# tidy: {self.excuse}` goes on with the reason")

    def _excuses(self, source: Source) -> dict[int, str]:
        if not self.excuse:
            return {}
        pattern = re.compile(rf"#.*\btidy: {self.excuse}\b[\s:,;.–—-]*(.*)")
        matches = ((number, pattern.search(line)) for number, line in enumerate(source.lines, 1))
        return {number: match[1].strip() for number, match in matches if match}


def rule(
    name: str,
    why: str,
    *,
    within: tuple[str, ...] = ("",),
    suffixes: tuple[str, ...] = (".py",),
    outside: tuple[str, ...] = (),
    excuse: str = "",
    needs_reason: bool = False,
) -> Callable[[Look], Rule]:
    """Make a function a rule."""
    return lambda look: Rule(name, why, look, within, suffixes, outside, excuse, needs_reason)


def read_house(root: Path) -> list[Source]:
    """Read every text file that git tracks or would track; without git, all but the hidden and the built."""
    sources = []
    for path in _paths(root):
        if not (root / path).is_file():
            continue
        try:
            sources.append(Source(path, (root / path).read_text()))
        except UnicodeDecodeError:
            continue
    return sources


def _paths(root: Path) -> list[str]:
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walk(root))
    return sorted(path for path in listed.split("\0") if path)


def _walk(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        if not hidden and not IGNORED_FOLDERS.intersection(parts[:-1]):
            yield path.relative_to(root).as_posix()


def dotted(node: ast.AST) -> str:
    """Give a chain of names as it is written: `asyncio.sleep`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
