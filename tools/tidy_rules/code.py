"""Errors are caught where they are understood, and modules say what they are."""

import ast
from collections.abc import Iterator

from tools.tidy_rules.house import House, Minded, Source, dotted, rule

BROAD = {"Exception", "BaseException"}
SPOKEN = ("src/allsquare/core/", "src/allsquare/pg/", "src/allsquare/ledger/")
BLANK = {"", "todo", "todo."}


def _names(node: ast.expr | None) -> set[str]:
    if node is None:
        return BROAD
    return {dotted(each) for each in (node.elts if isinstance(node, ast.Tuple) else [node])}


@rule(
    "narrow-except",
    "No `except Exception`, bare `except` or `except BaseException` outside edges/, pg/transact.py and "
    "ledger/poster.py; elsewhere the line says `# tidy: boundary` and why everything must be caught there.",
    within=("src/",),
    outside=("src/allsquare/edges/", "src/allsquare/pg/transact.py", "src/allsquare/ledger/poster.py"),
    excuse="boundary",
    needs_reason=True,
)
def narrow_except(source: Source, _: House) -> Iterator[Minded]:
    """Mind handlers that catch everything."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler) and _names(node.type) & BROAD:
            yield Minded.at(node, "catches everything: name the errors that are understood here")
        if isinstance(node, ast.Call) and dotted(node.func) in {"suppress", "contextlib.suppress"}:
            caught = set[str]().union(*(_names(argument) for argument in node.args))
            if caught & BROAD:
                yield Minded.at(node, "suppresses everything: name the errors that are understood here")


@rule(
    "says-what-it-is",
    "Every module has a docstring; in core/, pg/ and ledger/ so has every public class and function.",
    within=("src/",),
)
def says_what_it_is(source: Source, _: House) -> Iterator[Minded]:
    """Mind modules, and public classes and functions below the features, that say nothing."""
    if (ast.get_docstring(source.tree) or "").strip().lower() in BLANK:
        yield Minded(1, "the module does not say what it is")
    for node in source.tree.body if source.path.startswith(SPOKEN) else []:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _is_silent(node):
            yield Minded(node.lineno, f"{node.name} does not say what it is")


def _is_silent(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return not node.name.startswith("_") and (ast.get_docstring(node) or "").strip().lower() in BLANK


ALL = [narrow_except, says_what_it_is]
