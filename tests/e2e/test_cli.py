"""The command line does what it says: it serves, shares its database, shows, exports, imports, and refuses clearly."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from allsquare.edges.cli.main import app
from tests.e2e.cli_helpers import Served, done, run, serving
from tests.pg.embedded_helpers import remove_data_dir

FLAT = Path(__file__).parents[1] / "features/imports/data/splitwise-flat-2026.csv"
TRIP = FLAT.with_name("splitwise-trip.csv")


@pytest.fixture(scope="module")
def served(run_folder: Path) -> Iterator[Served]:
    """Return a service with the sample trip, on a fresh data directory, that all tests of this file share."""
    folder = run_folder / f"cli-{secrets.token_hex(4)}"
    with serving(folder, "--demo") as started:
        yield started
    remove_data_dir(folder)


def nets(summary: dict) -> dict[tuple[str, str], str]:
    """Give the positions that are not zero, by name and currency."""
    names = {member["member"]: member["name"] for member in summary["event"]["members"]}
    found = {(names[each["member"]], each["currency"]): each["net"] for each in summary["positions"]}
    return {key: net for key, net in found.items() if float(net)}


GOA = {
    ("Asha", "INR"): "484.82",
    ("Ben", "EUR"): "-40.00",
    ("Ben", "INR"): "4525.48",
    ("Chen", "INR"): "-2845.44",
    ("Dia", "EUR"): "-40.00",
    ("Dia", "INR"): "5009.24",
    ("Emre", "EUR"): "80.00",
    ("Emre", "INR"): "-7174.10",
}


def test_the_printed_line_works_as_pasted(served: Served) -> None:
    answer = served.paste()
    assert answer["seq"] == 18
    assert {"from": 4, "to": 5, "amount": "40.00", "currency": "EUR"} in answer["balances"]
    assert f"{served.url}/docs" in served.printed


def test_the_token_is_for_its_owner_alone(served: Served) -> None:
    assert done(served.data_dir, "token").out == f"{served.token}\n"
    assert (served.data_dir / "owner.token").stat().st_mode & 0o777 == 0o600


def test_a_command_shares_the_server_that_runs(served: Served) -> None:
    before = done(served.data_dir, "db", "status", "--json").json
    assert "running as process" in before["database"]
    assert (before["current"], before["pending"]) == (True, [])
    assert [event["name"] for event in done(served.data_dir, "events", "--json").json][-1] == "Goa trip"
    assert done(served.data_dir, "db", "status", "--json").json == before
    assert served.get("/readyz", served.token) == (200, {"status": "ready"})


def test_the_sample_trip_shows_every_kind_of_split_and_is_loaded_once(served: Served) -> None:
    event = served.paste()["event_id"]
    assert done(served.data_dir, "demo").out.startswith("Nothing to add")
    assert served.paste()["seq"] == 18
    expenses = json.loads(done(served.data_dir, "export", event).out)["expenses"]
    kinds = {"equal", "exact", "percentage", "shares", "adjustment", "itemized"}
    assert {expense["split"]["type"] for expense in expenses} == kinds
    assert max(len(expense["paid_by"]) for expense in expenses) == 3
    assert {expense["currency"] for expense in expenses} == {"INR", "EUR"}
    assert any(expense["amount"].startswith("-") for expense in expenses)
    assert any(expense["version"] == 2 and not expense["deleted"] for expense in expenses)
    assert any(expense["deleted"] for expense in expenses)


@pytest.mark.parametrize("given", ["Goa trip", "goa TRIP", "go", "253a09a4-729e-8ca4-a9fa-8cfb7b62a8e0", "253a09a4-7"])
def test_an_event_is_found_by_name_id_or_beginning(served: Served, given: str) -> None:
    assert nets(done(served.data_dir, "show", given, "--json").json) == GOA


def test_show_prints_names_and_amounts(served: Served) -> None:
    shown = done(served.data_dir, "show", "goa").out
    assert "Goa trip  (trip, active, INR)" in shown
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "Emre INR 7400.00 19574.10 5000.00 0.00 -7174.10" in lines
    assert "Dia Emre 40.00 EUR" in lines
    assert "Settled by 6 payments, fewest (no plan needs fewer)" in lines


def test_what_nothing_or_several_things_are_called_is_refused(served: Served) -> None:
    assert run(served.data_dir, "show", "nowhere").sentence.startswith("There is no event 'nowhere'.")
    done(served.data_dir, "import", "splitwise", TRIP, "--event", "Twin one")
    done(served.data_dir, "import", "splitwise", TRIP, "--event", "Twin two")
    unclear = run(served.data_dir, "show", "twin").sentence
    assert "Twin one" in unclear
    assert "Twin two" in unclear
    # A whole name is meant, whatever else begins with it.
    done(served.data_dir, "import", "splitwise", TRIP, "--event", "Twin")
    assert done(served.data_dir, "show", "twin", "--json").json["event"]["name"] == "Twin"


def test_an_export_as_json_is_what_the_api_says(served: Served) -> None:
    event = served.paste()["event_id"]
    exported = json.loads(done(served.data_dir, "export", event, "--format", "json").out)
    for part in ("positions", "balances"):
        assert exported[part] == served.get(f"/v1/events/{event}/{part}", served.token)[1][part]
    _, listed = served.get(f"/v1/events/{event}/expenses?include_deleted=true&limit=200", served.token)
    assert exported["expenses"] == listed["items"][::-1]
    _, settled = served.get(f"/v1/events/{event}/settlements", served.token)
    assert exported["settlements"] == settled["items"]


def test_an_export_as_csv_imports_again_with_the_same_balances(served: Served, tmp_path: Path) -> None:
    sheet = tmp_path / "goa.csv"
    done(served.data_dir, "export", "Goa trip", "--format", "csv", "--output", sheet)
    assert "2026-11-18,First half,Payment,5000.00,INR,0.00,0.00,0.00,-5000.00,5000.00" in sheet.read_text()
    report = done(served.data_dir, "import", "splitwise", sheet, "--event", "Copied", "--json").json
    assert (report["expenses"], report["settlements"], report["totals"]["equal"]) == (13, 1, ["EUR", "INR"])
    assert nets(done(served.data_dir, "show", "Copied", "--json").json) == GOA


def test_a_text_that_a_spreadsheet_would_run_is_exported_as_a_text(served: Served, tmp_path: Path) -> None:
    sheet = tmp_path / "evil.csv"
    sheet.write_text("Date,Description,Category,Cost,Currency,=A,Ben\n2026-01-01,=1+1,@x,2.00,EUR,1.00,-1.00\n")
    done(served.data_dir, "import", "splitwise", sheet, "--event", "Evil")
    header, row, _ = done(served.data_dir, "export", "Evil", "--format", "csv").out.splitlines()
    assert header.endswith(",'=A,Ben")
    assert row == "2026-01-01,'=1+1,'@x,2.00,EUR,1.00,-1.00"


def test_an_import_says_what_it_does_and_can_be_taken_back(served: Served) -> None:
    def take(*options: str) -> str:
        return done(served.data_dir, "import", "splitwise", FLAT, "--event", "Our flat", *options).out

    assert "20 rows would be imported into the new event 'Our flat': 20 expenses." in take("--dry-run")
    assert "nothing was changed" in take("--dry-run")
    assert run(served.data_dir, "show", "Our flat").status == 1
    added = take()
    assert "20 rows imported into the new event 'Our flat': 20 expenses." in added
    assert "come to exactly the file's Total balance in MKD" in added
    assert take().startswith("Nothing to add: all 20 rows were imported into 'Our flat' before.")
    shown = done(served.data_dir, "show", "Our flat", "--json").json
    assert nets(shown) == {("John Doe", "MKD"): "1498.50", ("Jane Doe", "MKD"): "-1498.50"}
    stored = next(
        each for each in done(served.data_dir, "import", "list", "--json").json if each["event"] == "Our flat"
    )
    assert stored["import_id"] in added
    assert "20 expenses deleted" in done(served.data_dir, "import", "undo", stored["import_id"][:12]).out
    assert nets(done(served.data_dir, "show", "Our flat", "--json").json) == {}
    assert "undone" in run(served.data_dir, "import", "undo", stored["import_id"]).sentence


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("row.csv", FLAT.read_text().replace("2026-02-02", "02.02.2026"), "Line 4: '02.02.2026'"),
        ("header.csv", "When,What,How much\n1,2,3\n", "is not the header of a Splitwise export"),
        ("total.csv", FLAT.read_text().replace("1498.50,-1498.50", "1.00,-1.00"), "the file says 1.00"),
        ("drift.csv", FLAT.with_name("splitwise-drift.csv").read_text(), "off by 1.00 EUR"),
    ],
)
def test_a_file_with_anything_wrong_changes_nothing(
    served: Served, tmp_path: Path, name: str, content: str, words: str
) -> None:
    file = tmp_path / name
    file.write_text(content)
    before = done(served.data_dir, "events", "--json").json
    assert words in run(served.data_dir, "import", "splitwise", file, "--event", "Never").sentence
    assert done(served.data_dir, "events", "--json").json == before


def test_verify_names_what_is_wrong_and_rebuild_mends_it(data_dir: Path) -> None:
    done(data_dir, "demo")
    clean = done(data_dir, "verify")
    assert "18 entries" in clean.out
    assert clean.out.endswith("Nothing is wrong.\n")
    forged = "UPDATE position SET paid = paid + 100, credits = credits + 100 WHERE member_no = 3"
    done(data_dir, "db", "shell", "--", "-c", forged)
    found = run(data_dir, "verify")
    assert (found.status, "Wrong, first in event 253a09a4" in found.err) == (1, True)
    assert "positions in INR sum to 100" in found.err
    assert run(data_dir, "verify", "--json", "--event", "goa").json["findings"]
    assert "Rebuilt 1 event" in done(data_dir, "rebuild").out
    assert done(data_dir, "verify").status == 0
    assert nets(done(data_dir, "show", "goa", "--json").json) == GOA


def test_rebuild_leaves_an_altered_journal_alone_and_says_so(data_dir: Path) -> None:
    done(data_dir, "demo")
    forged = "UPDATE journal SET effective_on = effective_on + 1 WHERE seq = 5"
    done(data_dir, "db", "shell", "--", "-c", forged)
    for command in ("verify", "rebuild"):
        ended = run(data_dir, command)
        assert (ended.status, "at entry 5" in ended.err) == (1, True)


def test_the_shell_is_the_owners(data_dir: Path) -> None:
    asked = "SELECT current_user, current_database()"
    assert done(data_dir, "db", "shell", "--", "-Atc", asked).out == "allsquare_owner|allsquare\n"
    assert run(data_dir, "db", "shell", "--", "-c", "nonsense").status == 1
    printed = done(data_dir, "db", "url")
    assert printed.out.startswith("postgresql://allsquare_owner:")
    assert "runs only while something uses it" in printed.err


def test_help_is_quick_because_it_loads_nothing_heavy() -> None:
    modules = "import sys, allsquare.edges.cli.main; print(*sorted(name for name in sys.modules if '.' not in name))"
    ran = subprocess.run([sys.executable, "-c", modules], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "typer" in loaded
    assert not loaded & {"asyncpg", "fastapi", "iso4217", "msgspec", "pydantic", "starlette", "structlog", "uvicorn"}


def test_every_command_and_option_explains_itself() -> None:
    silent, waiting = [], [("allsquare", get_command(app))]
    while waiting:
        name, command = waiting.pop()
        silent += [] if command.help else [name]
        silent += [f"{name} {param.name}" for param in command.params if not getattr(param, "help", None)]
        waiting += [(f"{name} {sub}", each) for sub, each in getattr(command, "commands", {}).items()]
    assert silent == []
