"""Write the table of docs/errors.md from the classes of errors themselves.

python -m tools.errors_doc            write it
python -m tools.errors_doc --check    exit 1 if it is not what the classes say, and show the difference
"""

import argparse
import difflib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import allsquare
from allsquare.core.errors import AllsquareError

PAGE = Path(__file__).parent.parent / "docs" / "errors.md"
BEGIN = "<!-- begin: python -m tools.errors_doc -->"
END = "<!-- end -->"

ErrorClass = type[AllsquareError]


def import_everything() -> None:
    """Import every module of Allsquare, so that every error is known."""
    for module in pkgutil.walk_packages(allsquare.__path__, "allsquare."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def concrete_errors() -> list[ErrorClass]:
    """Give every class of error that can be raised: those with a code, and those nothing is derived from."""
    import_everything()
    found = {error for error in _below(AllsquareError) if "code" in vars(error) or not error.__subclasses__()}
    ours = [error for error in found if error.__module__.startswith("allsquare.") and not _is_kind(error)]
    return sorted(ours, key=lambda error: (getattr(error, "code", ""), error.__qualname__))


def _below(error: ErrorClass) -> Iterator[ErrorClass]:
    for derived in error.__subclasses__():
        yield derived
        yield from _below(derived)


def _is_kind(error: ErrorClass) -> bool:
    """Tell whether this is one of the kinds, which nobody raises."""
    return error.__module__ == "allsquare.core.errors" and "code" not in vars(error)


def status_of(error: ErrorClass) -> int | None:
    """Give the HTTP status that the edge answers with; None where it knows none."""
    statuses = importlib.import_module("allsquare.features.wire.problems")
    try:
        return int(statuses.status_of(error))
    except (LookupError, StopIteration):
        return None


def meaning_of(error: ErrorClass) -> str:
    """Give the first line of what a class says of itself."""
    return inspect.cleandoc(vars(error).get("__doc__") or "").partition("\n")[0]


def table(errors: list[ErrorClass]) -> str:
    """Lay the errors out as a table."""
    rows = ["| code | status | title | meaning |", "|---|---|---|---|"]
    for error in errors:
        cells = [f"`{error.code}`", str(status_of(error)), error.title, meaning_of(error)]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def renewed(page: str) -> str:
    """Put the table of today between the marks of a page."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{table(concrete_errors())}\n\n{END}{after}"


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(prog="python -m tools.errors_doc", description="Write docs/errors.md's table.")
    parser.add_argument("--check", action="store_true", help="only tell whether it is as the classes say")
    check = parser.parse_args().check
    old = PAGE.read_text()
    new = renewed(old)
    if not check:
        PAGE.write_text(new)
    elif old != new:
        print(*difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0), sep="\n")
        print("docs/errors.md is not what the classes say: run .venv/bin/python -m tools.errors_doc")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
