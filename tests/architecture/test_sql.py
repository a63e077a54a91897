"""Every constant of SQL is one statement that the migrated schema and the application's rights allow."""

import re
import sys

import asyncpg
import pglast
import pytest

from tools.errors_doc import import_everything

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


def sql_constants() -> dict[str, str]:
    """Find the constants of all modules, by the name of the module that comes first and their own."""
    import_everything()
    found: dict[tuple[str, str], str] = {}
    for module in sorted(name for name in sys.modules if name.split(".")[0] == "allsquare"):
        for name, value in vars(sys.modules[module]).items():
            if CONSTANT.fullmatch(name) and isinstance(value, str) and STATEMENT.match(value):
                found.setdefault((name, value), f"{module}.{name}")
    return {path: value for (_, value), path in sorted(found.items(), key=lambda item: item[1])}


CONSTANTS = sql_constants()
every_constant = pytest.mark.parametrize("sql", CONSTANTS.values(), ids=list(CONSTANTS))
# What moves migrations along is run by the owner alone.
every_constant_of_the_application = pytest.mark.parametrize(
    "sql",
    [sql for path, sql in CONSTANTS.items() if not path.startswith("allsquare.pg.")],
    ids=[path for path in CONSTANTS if not path.startswith("allsquare.pg.")],
)


def test_there_is_sql_to_look_at() -> None:
    assert "allsquare.ledger.store.LOCK_HEADS" in CONSTANTS


@every_constant
def test_a_constant_is_one_statement(sql: str) -> None:
    assert len(pglast.parse_sql(sql)) == 1


@every_constant
async def test_a_statement_fits_the_schema(sql: str, database_urls) -> None:
    connection = await asyncpg.connect(database_urls.owner_url)
    try:
        await connection.prepare(sql)
    finally:
        await connection.close()


@every_constant_of_the_application
async def test_the_application_may_run_it(sql: str, database_urls) -> None:
    connection = await asyncpg.connect(database_urls.app_url)
    try:
        # Preparing looks at names and types only; planning for execution looks at rights too.
        await connection.execute("EXPLAIN (GENERIC_PLAN) " + sql)
    finally:
        await connection.close()
