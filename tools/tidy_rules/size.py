"""Small rooms: files, functions, and what a module leans on."""

import ast
import json
from collections.abc import Iterator

from tools.tidy_rules.house import House, Minded, Source, rule

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
NEVER_FUNCTION_LINES = 70
MAX_IMPORTS = 12
RATCHET = "tools/tidy_ratchet.json"
MADE_BY_TOOLS = "web/src/api/schema.d.ts"
"""The types of the API, which nobody writes by hand."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@rule(
    "small-files",
    f"A file has at most {MAX_FILE_LINES} lines.",
    suffixes=(".py", ".sql", ".ts", ".tsx", ".css"),
    outside=(MADE_BY_TOOLS,),
)
def small_files(source: Source, _: House) -> Iterator[Minded]:
    """Mind long files."""
    if len(source.lines) > MAX_FILE_LINES:
        message = f"the file has {len(source.lines)} lines, {MAX_FILE_LINES} are allowed: divide it"
        yield Minded(len(source.lines), message)


def functions(source: Source) -> Iterator[tuple[str, Function, int]]:
    """Walk through all functions: `path::Class.method`, the node, and its lines without decorators."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, Function, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function | ast.ClassDef):
                inner = f"{name}.{child.name}" if name else child.name
                if isinstance(child, Function):
                    yield f"{source.path}::{inner}", child, (child.end_lineno or child.lineno) - child.lineno + 1
                yield from walk(child, inner)
            else:
                yield from walk(child, name)

    return walk(source.tree, "")


@rule(
    "small-functions",
    f"A function has at most {MAX_FUNCTION_LINES} lines. {RATCHET} lists those that have up to {NEVER_FUNCTION_LINES}.",
)
def small_functions(source: Source, house: House) -> Iterator[Minded]:
    """Mind long functions."""
    for key, node, lines in functions(source):
        listed = house.ratchet.get(key, MAX_FUNCTION_LINES)
        if lines > min(listed, NEVER_FUNCTION_LINES):
            allowed = min(listed, NEVER_FUNCTION_LINES)
            yield Minded(node.lineno, f"{node.name} has {lines} lines, {allowed} are allowed: divide it")


@rule(
    "ratchet-turns-one-way",
    f"{RATCHET} only shrinks: it names no function that is gone or has become shorter, and allows no more than before.",
    suffixes=(RATCHET,),
)
def ratchet_turns_one_way(source: Source, house: House) -> Iterator[Minded]:
    """Mind a ratchet that is loose or was turned back."""
    listed: dict[str, int] = json.loads(source.text)
    for key, allowed in listed.items():
        path = house.root / key.partition("::")[0]
        text = path.read_text() if path.is_file() else ""
        lengths = {name: lines for name, _, lines in functions(Source(key.partition("::")[0], text))}
        lines = lengths.get(key, 0)
        if lines <= MAX_FUNCTION_LINES:
            yield Minded(1, f"take {key} out: it is gone, or short enough")
        elif lines < allowed:
            yield Minded(1, f"turn {key} on from {allowed} to {lines}")
    before = house.ratchet_before
    if before is not None and _excess(listed) > _excess(before):
        yield Minded(1, "it allows more than it did in the last commit; it may only shrink")


def _excess(ratchet: dict[str, int]) -> int:
    return sum(lines - MAX_FUNCTION_LINES for lines in ratchet.values())


@rule("few-imports", f"A module imports at most {MAX_IMPORTS} of our own.", within=("src/",))
def few_imports(source: Source, _: House) -> Iterator[Minded]:
    """Mind modules that lean on many others."""
    modules: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "allsquare":
            modules.add(node.module or "")
        elif isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names if alias.name.split(".")[0] == "allsquare")
    if len(modules) > MAX_IMPORTS:
        yield Minded(1, f"imports {len(modules)} of our modules, {MAX_IMPORTS} are allowed")


ALL = [small_files, small_functions, ratchet_turns_one_way, few_imports]
