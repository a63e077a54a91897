"""`allsquare plan`: names and nets in, payments out; for an event too, and refused in a sentence."""

import json
import secrets
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from allsquare.core.settle.asking import STRATEGIES
from tests.e2e.cli_helpers import done, run, serving
from tests.pg.embedded_helpers import remove_data_dir

PROGRAM = str(Path(sys.executable).with_name("allsquare"))
FLAT = Path(__file__).parents[1] / "features/imports/data/splitwise-flat-2026.csv"
NETS = {"currency": "EUR", "nets": {"Ann": "12.50", "Bob": "-10.00", "Cid": "-2.50"}}


def piped(text: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "plan", *words], input=text, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_file_of_names_and_nets_becomes_payments(tmp_path: Path) -> None:
    file = tmp_path / "nets.json"
    file.write_text(json.dumps(NETS))
    shown = piped("", "--strategy", "hub", "--hub", "Bob", "--json", str(file))
    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout)["payments"] == [
        {"from": "Bob", "to": "Ann", "amount": "12.50", "currency": "EUR"},
        {"from": "Cid", "to": "Bob", "amount": "2.50", "currency": "EUR"},
    ]


def test_a_person_is_shown_a_table_and_what_is_proven() -> None:
    shown = piped(json.dumps(NETS), "--round-to", "5", "-")
    assert "Settled by 2 payments, fewest (no plan needs fewer)" in shown.stdout
    assert "Rounded off" in shown.stdout


def test_programs_are_given_minor_units_and_nothing_else() -> None:
    shown = piped('{"c": -2, "a": 5, "b": -3}', "--raw")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout) == [["b", "a", 3], ["c", "a", 2]]
    assert json.loads(piped("{}", "--raw").stdout) == []


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ('{"a": 5, "b": -4}', ["--raw"], "the nets sum to 1"),
        ('{"a": 5, "a": -5}', ["--raw"], "a name stands twice"),
        ('{"a": 1.5, "b": -1.5}', ["--raw"], "no whole number"),
        ('{"a": true}', ["--raw"], "no whole number"),
        ("[]", ["--raw"], "The input is list"),
        ("x", ["--raw"], "not JSON"),
        ('{"a": 1, "b": -1}', ["--raw", "--strategy", "magic"], "There is no strategy 'magic'"),
        (json.dumps({"currency": "EUR", "nets": {"a": "1.001", "b": "-1.001"}}), ["-"], "1.001 has 3 decimals"),
        (json.dumps({"currency": "EUR", "nets": {"a": "1", "b": "-2"}}), ["-"], "the nets sum to -1.00 EUR"),
        ('{"currency": "EUR", "nets": {"a": 1, "a": -1}}', ["-"], "stands twice"),
        (json.dumps({"currency": "EUR", "nets": {f"p{n}": "0" for n in range(1_001)}}), ["-"], "There are 1001 people"),
        ("{}", ["-"], "currency"),
        ("", ["nowhere.json"], "nowhere.json"),
        ("", [], "Give a file"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(text: str, words: list[str], sentence: str) -> None:
    shown = piped(text, *words)
    assert shown.returncode in {1, 2}
    assert sentence in shown.stderr
    assert "Traceback" not in shown.stderr
    assert shown.stdout == ""


def test_an_imported_account_is_planned_explained_and_settled(run_folder: Path) -> None:
    folder = run_folder / f"plans-{secrets.token_hex(4)}"
    with serving(folder) as served:
        report = json.loads(done(folder, "import", "splitwise", str(FLAT), "--json").out)
        event = f"/v1/events/{report['event_id']}"
        headers = {"Authorization": f"Bearer {served.token}"}
        with httpx2.Client(base_url=served.url, headers=headers) as http:
            for strategy in STRATEGIES:
                plan = http.get(f"{event}/plan", params={"strategy": strategy}).raise_for_status().json()
                (only,) = plan["payments"]
                assert (only["amount"], only["currency"]) == ("1498.50", "MKD")
            ends = {"from": only["from"], "to": only["to"], "currency": "MKD"}
            why = http.get(f"{event}/plan/explain", params=ends).raise_for_status().json()
            assert sum(round(float(piece["amount"]) * 100) for piece in why["pieces"]) == 149_850
            reasons = [reason for piece in why["pieces"] for link in piece["links"] for reason in link["because"]]
            sheet = FLAT.read_text()
            assert reasons
            assert all(reason["description"] in sheet for reason in reasons)
        shown = json.loads(done(folder, "plan", "--event", report["event_id"], "--json").out)
        assert [each["amount"] for each in shown["payments"]] == ["1498.50"]
        assert run(folder, "plan", "--event", "Nothing").status == 1
        assert done(folder, "verify")
    remove_data_dir(folder)
