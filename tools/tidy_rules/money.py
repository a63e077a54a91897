"""Money is integers, and the core is pure."""

import ast
from collections.abc import Iterator

from tools.tidy_rules.house import House, Minded, Source, dotted, rule

MONEY = ("src/allsquare/core/", "src/allsquare/ledger/", "src/allsquare/features/")
CLOCKS = {"now", "utcnow", "today"}
MAKERS = {"uuid1", "uuid4", "uuid6", "uuid7", "uuid8", "urandom", "token_bytes", "token_hex", "random", "randint"}


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@rule(
    "no-floats",
    "No `/`, float literal, float() or round() in core/, ledger/ and features/: money is integers (//, divmod, "
    "Fraction). `path / 'name'` is seen to be a path; a line that divides or waits without money in it says "
    "`# tidy: not-money`.",
    within=MONEY,
    excuse="not-money",
)
def no_floats(source: Source, _: House) -> Iterator[Minded]:
    """Mind what could put a float near money."""
    for node in source.nodes:
        match node:
            case ast.BinOp(op=ast.Div(), left=left, right=right) if not (_is_text(left) or _is_text(right)):
                yield Minded.at(node, "true division: use // or divmod, or a Fraction")
            case ast.AugAssign(op=ast.Div()):
                yield Minded.at(node, "true division: use //= or divmod, or a Fraction")
            case ast.Constant(value=float() as value):
                yield Minded.at(node, f"the float {value}: money is integers of minor units")
            case ast.Call(func=ast.Name(id="round" | "float" as name)):
                yield Minded.at(node, f"{name}(): money is rounded by a written rule, on integers")
            case _:
                pass


@rule(
    "core-is-given",
    "Nothing in core/ looks at a clock, throws dice or makes an id: all are arguments.",
    within=("src/allsquare/core/",),
)
def core_is_given(source: Source, _: House) -> Iterator[Minded]:
    """Mind clocks, chance and makers of ids."""
    for node in source.nodes:
        match node:
            # Also where it is not called, but handed on: `default_factory=datetime.now`.
            case ast.Attribute(attr=name) if name in MAKERS or (name in CLOCKS and _is_calendar(node.value)):
                yield Minded.at(node, f"{name} is for the edges; here it is an argument")
            case ast.ImportFrom(names=names):
                for name in sorted({alias.name for alias in names} & MAKERS):
                    yield Minded.at(node, f"{name} is for the edges; here ids and chance are arguments")
            case _:
                pass


def _is_calendar(node: ast.expr) -> bool:
    """Tell whether this is a class of datetime; a command may well have a `today` of its own."""
    return dotted(node).rpartition(".")[2] in {"date", "datetime", "dt"}


ALL = [no_floats, core_is_given]
