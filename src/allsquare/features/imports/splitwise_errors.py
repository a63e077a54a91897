"""Name what can be wrong with a Splitwise export."""

from allsquare.core.errors import InvalidInput

MAX_LISTED = 20
"""How many bad rows one error lists; the count names them all."""


class NotUtf8(InvalidInput):
    """The bytes are no UTF-8 text."""

    code = "splitwise.not_utf8"
    title = "The file is not UTF-8"


class EmptyFile(InvalidInput):
    """There is nothing but blank lines."""

    code = "splitwise.empty"
    title = "The file is empty"


class Malformed(InvalidInput):
    """The quotes of the CSV do not match, or a field never ends."""

    code = "splitwise.malformed"
    title = "The file is not CSV"


class UnknownHeader(InvalidInput):
    """No line near the top is the header of an export in a language that is known."""

    code = "splitwise.unknown_header"
    title = "The header is not one of Splitwise"


class NoMembers(InvalidInput):
    """The header ends after the fixed columns."""

    code = "splitwise.no_members"
    title = "The file names no members"


class DuplicateMember(InvalidInput):
    """Two columns have the same name, so their cells cannot be told apart."""

    code = "splitwise.duplicate_member"
    title = "Two members have the same name"


class BadMember(InvalidInput):
    """A member column without a name, or with one no member can have."""

    code = "splitwise.bad_member"
    title = "A member's name cannot be used"


class TooLarge(InvalidInput):
    """More rows or members than one import takes."""

    code = "splitwise.too_large"
    title = "The file is too large"


class RowError(InvalidInput):
    """A row that cannot be read; all of a file's are collected before any is raised."""

    code = "splitwise.bad_row"
    title = "A row cannot be read"


class WrongColumns(RowError):
    """A row has fewer or more columns than the header."""

    code = "splitwise.wrong_columns"
    title = "The row has the wrong number of columns"


class BadDate(RowError):
    """A date that is not a day written YYYY-MM-DD."""

    code = "splitwise.bad_date"
    title = "The date cannot be read"


class BadNumber(RowError):
    """A cost or cell that is no amount of its currency."""

    code = "splitwise.bad_number"
    title = "The number cannot be read"


class BadCurrency(RowError):
    """A code that is no currency of ISO 4217."""

    code = "splitwise.bad_currency"
    title = "The currency is not known"


class BadText(RowError):
    """A description or category that is empty, too long or holds control characters."""

    code = "splitwise.bad_text"
    title = "The text cannot be used"


class RepeatedTotal(RowError):
    """A currency has two closing balance lines."""

    code = "splitwise.repeated_total"
    title = "A currency has two total lines"


class BadRows(InvalidInput):
    """Several rows cannot be read; `problems` has the error of each."""

    code = "splitwise.bad_rows"
    title = "Several rows cannot be read"

    def __init__(self, detail: str, *, problems: tuple[RowError, ...]) -> None:
        super().__init__(detail, field=problems[0].field, expected="0 bad rows", actual=str(len(problems)))
        self.problems = problems


def refuse_rows(problems: list[RowError]) -> None:
    """Raise what is wrong with the rows, if anything is: one problem as it is, several as a list.

    Raises: RowError, BadRows.
    """
    if not problems:
        return
    if len(problems) == 1:
        raise problems[0]
    listed = [f"- {problem.detail}" for problem in problems[:MAX_LISTED]]
    if len(problems) > MAX_LISTED:
        listed.append(f"- and {len(problems) - MAX_LISTED} more")
    detail = "\n".join([f"{len(problems)} rows cannot be read:", *listed])
    raise BadRows(detail, problems=tuple(problems))
