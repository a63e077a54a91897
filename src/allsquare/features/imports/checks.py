"""Refuse a file that contradicts itself, unless somebody says to take it as it is."""

from collections.abc import Sequence

from allsquare.core.errors import InvalidInput
from allsquare.core.money import format_amount
from allsquare.features.imports.splitwise import SplitwiseRow, TotalMismatch
from allsquare.features.imports.splitwise_errors import MAX_LISTED


class DriftRefused(InvalidInput):
    """Rows miss zero by more than rounding explains."""

    code = "import.drift"
    title = "Rows do not sum to zero"


class TotalsRefused(InvalidInput):
    """The rows do not come to the balances the file ends with."""

    code = "import.totals_mismatch"
    title = "The rows do not come to the file's totals"


def refuse_drift(rows: Sequence[SplitwiseRow]) -> None:
    """Refuse rows that do not sum to zero, listing them; raises DriftRefused."""
    if not rows:
        return
    listed = [
        f"- line {row.line}, {row.on}, {row.description}: off by "
        f"{format_amount(row.drift_minor, row.currency)} {row.currency}"
        for row in rows[:MAX_LISTED]
    ]
    if len(rows) > MAX_LISTED:
        listed.append(f"- and {len(rows) - MAX_LISTED} more")
    does = "row does" if len(rows) == 1 else "rows do"
    detail = "\n".join(
        [
            f"{len(rows)} {does} not sum to zero, so somebody's amount is wrong or missing:",
            *listed,
            "Correct the file, or book the differences on a member of their own with --accept-drift.",
        ]
    )
    raise DriftRefused(detail, field=f"line {rows[0].line}", expected="rows that sum to zero", actual=str(len(rows)))


def refuse_totals(mismatches: Sequence[TotalMismatch]) -> None:
    """Refuse rows that come to other balances than the file ends with, naming them; raises TotalsRefused."""
    if not mismatches:
        return
    listed = [f"- {told(mismatch)}" for mismatch in mismatches[:MAX_LISTED]]
    detail = "\n".join(
        [
            "The rows do not come to the balances the file ends with, so rows are missing or were changed:",
            *listed,
            "Export it again, or import the rows as they are with --accept-drift.",
        ]
    )
    first = mismatches[0]
    raise TotalsRefused(
        detail,
        field="Total balance",
        expected=format_amount(first.expected_minor, first.currency),
        actual=format_amount(first.actual_minor, first.currency),
    )


def told(mismatch: TotalMismatch) -> str:
    """Say who comes to another balance than the file says, with both numbers."""
    actual = format_amount(mismatch.actual_minor, mismatch.currency)
    expected = format_amount(mismatch.expected_minor, mismatch.currency)
    return f"{mismatch.member} comes to {actual} {mismatch.currency}, the file says {expected}"
