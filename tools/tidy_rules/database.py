"""SQL stays SQL, and one file commits."""

import ast
import re
from collections.abc import Iterator

from tools.tidy_rules.house import House, Minded, Source, rule

STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\s")
ANY_STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|CREATE|COPY|EXPLAIN)\s", re.IGNORECASE)
STAR = re.compile(r"\b(?:SELECT(?:\s+ALL|\s+DISTINCT)?|RETURNING)\s+\*", re.IGNORECASE)
QUALIFIED_STAR = re.compile(r"(?:\bSELECT\b|\bRETURNING\b|,)\s*[\w\"]+\.\*", re.IGNORECASE)
CONTROL = r"(?:^|;)\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK|ABORT|SAVEPOINT|RELEASE\s+SAVEPOINT)\b"
SHOUTED = re.compile(CONTROL)
SPOKEN = re.compile(CONTROL, re.IGNORECASE)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@rule(
    "one-committer",
    "Only pg/transact.py begins, commits or rolls back (pg/migrate.py too: a migration file is its own transaction).",
    within=("src/",),
    outside=("src/allsquare/pg/transact.py", "src/allsquare/pg/migrate.py"),
)
def one_committer(source: Source, _: House) -> Iterator[Minded]:
    """Mind transactions begun or ended elsewhere."""
    for node in source.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="transaction" | "commit" | "rollback" as name)):
                yield Minded.at(node, f".{name}() is for pg/transact.py")
            case ast.Call(func=ast.Attribute(), args=[first, *_rest]) if SPOKEN.search(_text(first)):
                yield Minded.at(node, "begins or ends a transaction, which is for pg/transact.py")
            case _:
                pass
    asked = {id(node.args[0]) for node in source.nodes if isinstance(node, ast.Call) and node.args}
    for text in source.strings():
        if id(text) not in asked and SHOUTED.search(_text(text)):
            yield Minded.at(text, "begins or ends a transaction, which is for pg/transact.py")


@rule(
    "named-columns",
    "No `SELECT *`, `SELECT t.*` or `RETURNING *`: a new column must not change what a statement gives.",
    within=("src/", "tests/", "bench/"),
)
def named_columns(source: Source, _: House) -> Iterator[Minded]:
    """Mind statements that take whatever columns there are."""
    for text in source.strings():
        value = _text(text)
        if STAR.search(value) or (ANY_STATEMENT.match(value) and QUALIFIED_STAR.search(value)):
            yield Minded.at(text, "name the columns instead of *")


def _sql_names(source: Source) -> set[str]:
    """Find the module's own constants of SQL."""
    names: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and STATEMENT.match(_text(node.value)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def _is_sql(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.BinOp(left=left):
            return _is_sql(left, names)
        case ast.JoinedStr(values=[first, *_]):
            return _is_sql(first, names)
        case ast.FormattedValue(value=value):
            return _is_sql(value, names)
        case ast.Name(id=name):
            return name in names
        case _:
            return bool(STATEMENT.match(_text(node)))


@rule(
    "sql-is-constant",
    "No SQL is put together by f-strings, %, + or .format(): one constant a statement, values as $1.",
    within=("src/", "tests/", "bench/"),
)
def sql_is_constant(source: Source, _: House) -> Iterator[Minded]:
    """Mind statements that are built."""
    names = _sql_names(source)
    inner = {id(node.left) for node in source.nodes if isinstance(node, ast.BinOp)}
    for node in source.nodes:
        match node:
            case ast.JoinedStr(values=values) if _is_sql(node, names):
                if any(isinstance(value, ast.FormattedValue) for value in values) and id(node) not in inner:
                    yield Minded.at(node, "an f-string builds SQL: write a constant, hand values over as $1")
            case ast.BinOp(op=ast.Add() | ast.Mod()) if id(node) not in inner and _is_sql(node, names):
                yield Minded.at(node, "+ or % builds SQL: write a constant, hand values over as $1")
            case ast.Call(func=ast.Attribute(value=value, attr="format" | "replace")) if _is_sql(value, names):
                yield Minded.at(node, ".format() builds SQL: write a constant, hand values over as $1")
            case _:
                pass


ALL = [one_committer, named_columns, sql_is_constant]
