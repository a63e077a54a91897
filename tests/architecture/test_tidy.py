"""The house rules mind their bad examples and leave the good ones alone."""

import json
import subprocess
from dataclasses import dataclass

import pytest
import typer
from typer.main import get_command

from tools.tidy import ROOT, explain, look_at, open_house
from tools.tidy_rules import RULES
from tools.tidy_rules.house import House, Source, read_house

CORE = "src/allsquare/core/split/rules.py"
LEDGER = "src/allsquare/ledger/store.py"
FEATURE = "src/allsquare/features/events/http.py"
PG = "src/allsquare/pg/pool.py"
EDGE = "src/allsquare/edges/http/app.py"
TEST = "tests/ledger/test_store.py"
RACE = "tests/concurrency/test_races.py"
DOC = "docs/guides/start.md"
RATCHET = "tools/tidy_ratchet.json"


@dataclass(frozen=True)
class Example:
    """A file, and on which of its lines the rule minds something (none: it is a good example)."""

    rule: str
    path: str
    text: str
    lines: tuple[int, ...] = ()


def good(rule: str, path: str, *texts: str) -> list[Example]:
    return [Example(rule, path, text) for text in texts]


def bad(rule: str, path: str, *texts: str, lines: tuple[int, ...] = (1,)) -> list[Example]:
    return [Example(rule, path, text, lines) for text in texts]


def function_of(lines: int, head: str = "def long():") -> str:
    return head + "\n    pass" * (lines - 1) + "\n"


def imports_of(count: int) -> str:
    return "".join(f"from allsquare.core.module_{number} import thing\n" for number in range(count))


SQL_LISTS = 'LIST_EVENTS = """\nSELECT name FROM event\n"""\n'

EXAMPLES: list[Example] = [
    *good(
        "no-floats",
        CORE,
        "half = total // 2",
        "quotient, rest = divmod(total, count)",
        "pause = 0.5  # tidy: not-money",
        'page = folder / "page.html"',
        "ratio = (\n    done\n    / wanted  # tidy: not-money, a progress bar\n)",
        '"""1.5 / 2 in words."""',
    ),
    *good("no-floats", EDGE, "pause = 1 / 2"),
    *bad("no-floats", CORE, "half = total / 2", "total /= 2", "rate = 1.5", "round(total)", "float(text)"),
    *bad("no-floats", LEDGER, "half = total / 2"),
    *bad("no-floats", FEATURE, "half = total / 2"),
    *bad("no-floats", CORE, "total = 2  # tidy: not-money"),
    *good(
        "core-is-given",
        CORE,
        "def decide(now: datetime) -> None:\n    return today(now)",
        "from uuid import UUID",
        "uuid5(namespace, name)",
        "command.today",
    ),
    *good("core-is-given", EDGE, "datetime.now(UTC)"),
    *bad(
        "core-is-given",
        CORE,
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "uuid.uuid4()",
        "from uuid import uuid4",
        "at: datetime = field(default_factory=datetime.now)",
        "random.random()",
    ),
    *good(
        "narrow-except",
        LEDGER,
        "try:\n    act()\nexcept OSError:\n    pass",
        "try:\n    act()\nexcept BaseException:  # tidy: boundary, the lock is let go whatever happens\n    raise",
        "with suppress(OSError):\n    act()",
    ),
    *good("narrow-except", EDGE, "try:\n    act()\nexcept Exception:\n    pass"),
    *good("narrow-except", "src/allsquare/pg/transact.py", "try:\n    act()\nexcept BaseException:\n    pass"),
    *bad(
        "narrow-except",
        LEDGER,
        "try:\n    act()\nexcept Exception:\n    pass",
        "try:\n    act()\nexcept:\n    pass",
        "try:\n    act()\nexcept (OSError, BaseException):\n    pass",
        "try:\n    act()\nexcept Exception:  # tidy: boundary\n    pass",
        "try:\n    act()\nexcept OSError:  # tidy: boundary, it is not needed\n    pass",
        lines=(3,),
    ),
    *bad("narrow-except", LEDGER, "with suppress(Exception):\n    act()"),
    *good(
        "says-what-it-is",
        CORE,
        '"""Split totals."""\n\n\ndef split():\n    """Split one."""\n\n\ndef _inner(): ...\n',
    ),
    *good("says-what-it-is", EDGE, '"""Wire it up."""\n\n\ndef wire(): ...\n'),
    *bad("says-what-it-is", EDGE, "", "import os", '"""TODO."""'),
    *bad("says-what-it-is", CORE, '"""Split totals."""\n\ndef split(): ...\n\nclass Split: ...\n', lines=(3, 5)),
    *good(
        "one-committer",
        LEDGER,
        '"""BEGIN is for others."""',
        'title = "Begin a trip"',
        "async with transaction_on(pool) as connection: ...",
        'SQL = "SELECT name FROM event"',
    ),
    *good("one-committer", "src/allsquare/pg/transact.py", 'connection.execute("COMMIT")'),
    *good("one-committer", "src/allsquare/pg/migrate.py", "connection.transaction()"),
    *bad(
        "one-committer",
        LEDGER,
        'connection.execute("BEGIN")',
        'connection.execute("begin isolation level serializable")',
        'OPEN = "START TRANSACTION READ ONLY"',
        'connection.execute("SET LOCAL x = 1; COMMIT")',
        "connection.transaction()",
        "open.commit()",
        "open.rollback()",
        'connection.execute("SAVEPOINT here")',
    ),
    *good(
        "named-columns",
        LEDGER,
        'SQL = "SELECT count(*) FROM event"',
        'SQL = "SELECT price * 2 AS twice FROM event"',
        '"""Why SELECT * is bad."""',
    ),
    *bad(
        "named-columns", LEDGER, 'SQL = "SELECT * FROM event"', 'SQL = "INSERT INTO event DEFAULT VALUES RETURNING *"'
    ),
    *bad("named-columns", TEST, 'rows = fetch("SELECT e.* FROM event AS e")', 'fetch("select distinct * from event")'),
    *good(
        "sql-is-constant",
        LEDGER,
        SQL_LISTS,
        'told = f"SELECTED {count}"',
        'told = f"{count} rows: " + "SELECT was slow"',
        'SQL = "SELECT name " "FROM event"',
    ),
    *bad(
        "sql-is-constant",
        LEDGER,
        'fetch(f"SELECT name FROM {table}")',
        "fetch(\"DELETE FROM event WHERE name = '%s'\" % name)",
        'fetch("SELECT name FROM event " + "WHERE " + rule)',
        'fetch("UPDATE event SET name = {}".format(name))',
    ),
    *bad("sql-is-constant", TEST, 'fetch(f"WITH found AS (SELECT {column}) SELECT name FROM found")'),
    *bad(
        "sql-is-constant",
        LEDGER,
        SQL_LISTS + "fetch(LIST_EVENTS + rule)",
        SQL_LISTS + 'fetch(f"{LIST_EVENTS} WHERE {rule}")',
        lines=(4,),
    ),
    *good("small-files", TEST, "x = 1\n" * 400),
    *good("small-files", DOC, "word\n" * 500),
    *bad("small-files", TEST, "x = 1\n" * 401, lines=(401,)),
    *good("small-functions", TEST, function_of(50), "@decorated\n" + function_of(50)),
    *good("small-functions", "src/allsquare/listed.py", function_of(60)),
    *bad("small-functions", TEST, function_of(51)),
    *bad("small-functions", "src/allsquare/listed.py", function_of(61), function_of(71, "def endless():")),
    *good("ratchet-turns-one-way", RATCHET, "{}", '{"src/allsquare/listed.py::long": 60}'),
    *bad(
        "ratchet-turns-one-way",
        RATCHET,
        '{"src/allsquare/gone.py::long": 60}',
        '{"src/allsquare/listed.py::Gone.long": 60}',
        '{"src/allsquare/listed.py::long": 61}',
    ),
    *good("few-imports", FEATURE, imports_of(12) + "import asyncio\n"),
    *good("few-imports", TEST, imports_of(13)),
    *bad("few-imports", FEATURE, imports_of(13), imports_of(12) + "import allsquare.pg\n"),
    *good("later-has-a-number", DOC, "TODO(#12): say more", "FIXME #3", "TODOS"),
    *bad("later-has-a-number", DOC, "TODO: say more", "This is a FIXME.", "TODO(me): later"),
    *good("any-machine", DOC, "~/work/x and src/root/y", "/var/lib", "https://example.org/work/x"),
    *good("any-machine", "uv.lock", "https://pypi.org/simple"),
    *bad("any-machine", DOC, "See /work/main.", "in `/root/x`", "/home/alex/allsquare", "from https://pypi.org/simple"),
    *good(
        "docs-name-what-exists",
        DOC,
        "`src/allsquare/listed.py`, `src/allsquare/listed.py:12` and `src/allsquare/listed.py::long`",
        "`make test ARGS=tests/none` and `src/allsquare/*.py` and `tests/<your-test>.py`",
        "[here](../../README.md#start), [there](https://example.org/none.md), [up](#start)",
        "```\nsrc/allsquare/none.py\n```",
        "`src/` is where it is",
    ),
    *bad(
        "docs-name-what-exists",
        DOC,
        "`src/allsquare/none.py`",
        "run `pytest tests/none.py -q`",
        "`src/allsquare/*.rs`",
        "[here](none.md)",
    ),
    *good(
        "docs-name-commands",
        DOC,
        "`allsquare serve --demo`",
        "`allsquare db migrate`, then `allsquare verify EVENT`",
        "Allsquare allsquare nonsense outside code",
        "```\n$ allsquare serve --demo  # and wait\n```",
        "`uvx allsquare serve`",
    ),
    *bad("docs-name-commands", DOC, "`allsquare fly`", "`allsquare db fly`", "`.venv/bin/allsquare serve --wings`"),
    *bad("docs-name-commands", DOC, "```\nallsquare fly\n```", lines=(2,)),
    *good(
        "no-patching",
        TEST,
        'monkeypatch.setenv("ALLSQUARE_DATA_DIR", "x")',
        'import os\nmonkeypatch.setattr(os, "getuid", lambda: 0)',
        "from unittest.mock import Mock",
    ),
    *bad(
        "no-patching",
        TEST,
        'mock.patch("allsquare.core.money.exponent")',
        'mock.patch.object(thing, "name")',
        "from unittest.mock import patch",
        'monkeypatch.setattr("allsquare.core.money.exponent", lambda: 2)',
    ),
    *bad(
        "no-patching",
        TEST,
        'from allsquare.core import money\nmonkeypatch.setattr(money, "exponent", None)',
        'import allsquare.core.money\nmonkeypatch.setattr(allsquare.core.money, "exponent", None)',
        lines=(2,),
    ),
    *good("no-sleeping", RACE, "await asyncio.sleep(0)", "await barrier.wait()"),
    *good("no-sleeping", TEST, "time.sleep(1)"),
    *bad("no-sleeping", RACE, "time.sleep(1)", "await asyncio.sleep(0.1)", "await anyio.sleep(2)", "sleep(5)"),
]

program, database = typer.Typer(), typer.Typer()
program.add_typer(database, name="db")


@program.command()
def serve(*, demo: bool = False) -> None: ...


@program.command()
def verify(event: str) -> None: ...


@database.command()
def migrate() -> None: ...


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> House:
    root = tmp_path_factory.mktemp("house")
    for folder in ("src/allsquare", "docs/guides", "tests"):
        (root / folder).mkdir(parents=True)
    (root / "README.md").write_text("# Start\n")
    (root / "src/allsquare/listed.py").write_text(function_of(60))
    listed = {"src/allsquare/listed.py::long": 60, "src/allsquare/listed.py::endless": 80}
    return House(root, listed, {"src/allsquare/listed.py::long": 65}, get_command(program))


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"{example.rule}-{'bad' if example.lines else 'good'}"
)
def test_a_rule_minds_exactly_the_lines_it_should(example: Example, house: House) -> None:
    rule = next(rule for rule in RULES if rule.name == example.rule)
    found = [minded.line for minded in rule.find(Source(example.path, example.text), house)]
    assert tuple(found) == example.lines


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_good_and_bad_examples_and_is_explained(rule) -> None:
    kinds = {bool(example.lines) for example in EXAMPLES if example.rule == rule.name}
    assert kinds == {True, False}
    assert f"{rule.name}\n    " in explain()


def test_a_finding_is_one_line_with_its_place_and_rule(house: House) -> None:
    source = Source(CORE, '"""Split."""\nhalf = total / 2\n')
    assert list(look_at([source], house)) == [f"{CORE}:2: no-floats: true division: use // or divmod, or a Fraction"]


def test_a_ratchet_that_allows_more_than_before_is_minded(house: House) -> None:
    ratchet = Source(RATCHET, '{"src/allsquare/listed.py::long": 60}')
    before = House(house.root, house.ratchet, {"src/allsquare/listed.py::long": 59})
    assert ["may only shrink" in finding for finding in look_at([ratchet], before)] == [True]


def test_the_ratchet_is_compared_with_the_last_commit_that_differs(tmp_path) -> None:
    def commit(ratchet: dict[str, int]) -> None:
        (tmp_path / RATCHET).write_text(json.dumps(ratchet))
        author = ["-c", "user.name=Asha", "-c", "user.email=asha@example.org", "-c", "commit.gpgsign=false"]
        for arguments in (["add", "."], [*author, "commit", "--quiet", "--no-verify", "-m", "Turn the ratchet"]):
            subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)

    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "tools").mkdir()
    assert open_house(tmp_path).ratchet_before is None
    commit({"a.py::long": 70})
    commit({"a.py::long": 60})
    assert open_house(tmp_path).ratchet_before == {"a.py::long": 70}
    (tmp_path / RATCHET).write_text("{}")
    assert open_house(tmp_path) == House(tmp_path, {}, {"a.py::long": 60})


def test_files_are_found_without_git_too(tmp_path) -> None:
    for path in ("src/a.py", ".ci/run", ".venv/b.py", "web/node_modules/c.ts", "d.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    assert [source.path for source in read_house(tmp_path)] == [".ci/run", "d.md", "src/a.py"]


def test_the_rules_are_read_in_the_house_itself() -> None:
    paths = {source.path for source in read_house(ROOT)}
    assert {"tools/tidy.py", "pyproject.toml", "src/allsquare/core/money.py"} <= paths
    assert not {path for path in paths if path.startswith((".venv/", ".git/"))}
