"""Tests use the real thing, and wait for nothing but it."""

import ast
from collections.abc import Iterator

from tools.tidy_rules.house import House, Minded, Source, dotted, rule

SETTERS = {"setattr", "delattr", "setitem", "delitem"}
SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"}


def _own_names(source: Source) -> set[str]:
    """Find the names a test imports from us."""
    names: set[str] = set()
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "allsquare":
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            own = [alias for alias in node.names if alias.name.split(".")[0] == "allsquare"]
            names.update(alias.asname or "allsquare" for alias in own)
    return names


def _is_own(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.split(".")[0] == "allsquare"
    return dotted(node).split(".")[0] in names


@rule(
    "no-patching",
    "No mock.patch, and no monkeypatch.setattr on our own code: fakes are for the network, and are handed over.",
    within=("tests/",),
)
def no_patching(source: Source, _: House) -> Iterator[Minded]:
    """Mind our own code replaced under a test."""
    names = _own_names(source)
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and node.module in {"unittest.mock", "mock"}:
            if "patch" in {alias.name for alias in node.names}:
                yield Minded.at(node, "mock.patch: hand a fake over instead")
        elif isinstance(node, ast.Call):
            chain = dotted(node.func).split(".")
            if chain[0] in {"mock", "mocker", "unittest"} and "patch" in chain:
                yield Minded.at(node, "mock.patch: hand a fake over instead")
            elif chain[-1] in SETTERS and "monkeypatch" in chain[0] and node.args and _is_own(node.args[0], names):
                yield Minded.at(node, "monkeypatch on our own code: hand a fake over instead")


@rule(
    "no-sleeping",
    "Tests of concurrency meet at barriers; they never sleep and hope.",
    within=("tests/concurrency/",),
)
def no_sleeping(source: Source, _: House) -> Iterator[Minded]:
    """Mind tests that wait for a time instead of an event."""
    for node in source.nodes:
        match node:
            case ast.Call(func=func, args=[ast.Constant(value=int() | float() as delay), *_rest]) if (
                dotted(func) in SLEEPS and delay > 0
            ):
                yield Minded.at(node, f"sleeps for {delay} s: wait for what must happen")
            case _:
                pass


ALL = [no_patching, no_sleeping]
