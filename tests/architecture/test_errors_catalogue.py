"""Every error has a stable code of its own, a title, a status and a row in docs/errors.md."""

import re
from collections import Counter

import pytest

from allsquare.core import errors
from tools.errors_doc import PAGE, ErrorClass, concrete_errors, meaning_of, renewed, status_of

KINDS = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.Limited: 429,
    errors.Unavailable: 503,
}

every_error = pytest.mark.parametrize("error", concrete_errors(), ids=lambda error: error.__qualname__)


def test_there_are_errors_to_look_at() -> None:
    assert "money.currency_unknown" in {error.code for error in concrete_errors()}


def test_a_code_belongs_to_one_class() -> None:
    counted = Counter(error.code for error in concrete_errors())
    assert [code for code, count in counted.items() if count > 1] == []


@every_error
def test_an_error_says_what_it_is(error: ErrorClass) -> None:
    assert "code" in vars(error), "its code is inherited: it needs one of its own"
    assert re.fullmatch(r"[a-z][a-z_]*\.[a-z][a-z0-9_]*", error.code)
    assert error.title.strip()
    assert meaning_of(error)


@every_error
def test_an_error_has_a_status(error: ErrorClass) -> None:
    status = status_of(error)
    assert status is not None, "features/wire/problems.py maps neither it nor its kind"
    assert 400 <= status <= 599


@every_error
def test_an_error_is_listed_in_the_documents(error: ErrorClass) -> None:
    assert f"\n| `{error.code}` |" in PAGE.read_text(), "run .venv/bin/python -m tools.errors_doc"


@pytest.mark.parametrize(("kind", "status"), KINDS.items(), ids=[kind.__name__ for kind in KINDS])
def test_a_kind_has_its_status(kind: ErrorClass, status: int) -> None:
    assert status_of(kind) == status


def test_the_page_is_what_the_classes_say() -> None:
    page = PAGE.read_text()
    assert renewed(page) == page, "run .venv/bin/python -m tools.errors_doc"
