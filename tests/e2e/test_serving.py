"""`allsquare serve` starts, stops and refuses in one clear sentence, and leaves nothing behind."""

import asyncio
import signal
import socket
import subprocess
from pathlib import Path

import asyncpg
import httpx2
import pytest

from allsquare.edges.serve import PortTaken, listen
from allsquare.pg import embedded
from tests.e2e.cli_helpers import DEADLINE_S, PROGRAM, done, environment, looks, run, serving


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_stops_cleanly_with_open_streams_and_leaves_no_postgres(data_dir: Path, number: int) -> None:
    with serving(data_dir, "--demo") as served:
        event = served.paste()["event_id"]
        headers = {"Authorization": f"Bearer {served.token}", "Accept": "text/event-stream"}
        with (
            httpx2.Client(base_url=served.url, headers=headers, timeout=DEADLINE_S) as http,
            http.stream("GET", f"/v1/events/{event}/journal") as stream,
        ):
            lines = stream.iter_lines()
            assert next(line for line in lines if line.startswith("id: ")) == "id: 1"
            assert embedded.status(data_dir).state == "running"
            assert served.end(number) == 0
            # The stream came to its end in order; one that is cut raises.
            assert "event: settlement.recorded" in list(lines)
    assert embedded.status(data_dir).state == "stopped"
    assert "Traceback" not in data_dir.with_name(f"{data_dir.name}.log").read_text()


def test_one_that_is_told_to_stop_twice_stops_as_quietly(data_dir: Path) -> None:
    with serving(data_dir) as served:
        served.process.send_signal(signal.SIGINT)
        assert served.end(signal.SIGINT) in {0, 128 + signal.SIGINT, -signal.SIGINT}
    assert embedded.status(data_dir).state == "stopped"
    assert data_dir.with_name(f"{data_dir.name}.log").read_text().count("Traceback") == 0


def test_one_that_is_told_to_stop_while_it_starts_leaves_no_postgres(data_dir: Path) -> None:
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(data_dir),
    )
    for _ in looks("a server that starts"):
        if embedded.status(data_dir).pid is not None:
            break
    process.terminate()
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert "Traceback" not in errors
    assert embedded.status(data_dir).state == "stopped"


def test_two_services_share_one_data_directory(data_dir: Path) -> None:
    with serving(data_dir, "--demo") as first, serving(data_dir) as second:
        event = first.paste()["event_id"]
        path, members = f"/v1/events/{event}/members", {"name": "Fay"}
        headers = {"Authorization": f"Bearer {second.token}", "Idempotency-Key": "one"}
        assert httpx2.post(second.url + path, json=members, headers=headers, timeout=DEADLINE_S).status_code == 201
        assert [each["name"] for each in first.get(path, first.token)[1]["items"]][-1] == "Fay"
        assert first.end(signal.SIGTERM) == 0
        assert second.get("/readyz", second.token)[0] == 200


def test_a_new_token_is_accepted_and_the_one_before_is_not(data_dir: Path) -> None:
    with serving(data_dir) as served:
        old = served.token
        assert served.get("/v1/events", old)[0] == 200
        new = done(data_dir, "token", "--new").out.strip()
        assert new == served.token != old
        assert served.get("/v1/events", new)[0] == 200
        for _ in looks("the old token refused"):
            if served.get("/v1/events", old)[0] == 401:
                break


def test_a_token_that_is_missing_is_told_with_what_to_do(data_dir: Path) -> None:
    assert "`allsquare serve` makes one" in run(data_dir, "token").sentence
    with serving(data_dir) as served:
        token = served.token
    (data_dir / "owner.token").unlink()
    assert "`allsquare token --new`" in run(data_dir, "token").sentence
    with serving(data_dir) as served:
        assert "`allsquare token --new` makes a new one" in served.printed
        assert "curl" not in served.printed
        new = done(data_dir, "token", "--new").out.strip()
        assert new != token
        assert served.get("/v1/events", new)[0] == 200


def test_a_port_in_use_is_told_before_anything_is_started(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(data_dir, "serve", "--port", port).sentence == (
            f"Port {port} on 127.0.0.1 is in use. Stop who uses it, or choose another with --port."
        )
    assert not data_dir.exists()


def test_a_port_is_taken_from_the_moment_one_service_has_it() -> None:
    # Before anything listens on it two could have it, and only the second would fail, after it had started everything.
    with listen("127.0.0.1", 0) as first, pytest.raises(PortTaken):
        listen("127.0.0.1", first.getsockname()[1])


@pytest.mark.parametrize("below", [False, True], ids=["a file", "below a file"])
def test_a_file_in_the_way_of_the_data_directory_is_told(data_dir: Path, *, below: bool) -> None:
    data_dir.write_text("mine")
    folder = data_dir / "below" if below else data_dir
    assert run(folder, "serve", "--port", 0).sentence.startswith(f"{folder} cannot be a data directory")
    assert data_dir.read_text() == "mine"
    data_dir.unlink()


def test_a_folder_of_somebody_elses_things_is_left_alone(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "thesis.tex").touch()
    assert "was not made by Allsquare" in run(data_dir, "serve", "--port", 0).sentence
    assert [entry.name for entry in data_dir.iterdir()] == ["thesis.tex"]
    (data_dir / "thesis.tex").unlink()


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("events",), ("db", "status"), ("db", "migrate")])
def test_a_database_that_cannot_be_reached_is_told(data_dir: Path, command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"postgresql://me:geheim@127.0.0.1:{port}/books"
    sentence = run(data_dir, *command, ALLSQUARE_DATABASE_URL=url).sentence
    assert sentence == f"The database at 127.0.0.1:{port} cannot be reached: nothing listens there."


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALLSQUARE_PORT", "http"), ("ALLSQUARE_LOG_LEVEL", "loud"), ("ALLSQUARE_DATABASE_URL", "mysql://localhost/x")],
)
def test_a_setting_that_cannot_be_used_is_told(data_dir: Path, name: str, value: str) -> None:
    sentence = run(data_dir, "serve", **{name: value}).sentence
    assert len(sentence.splitlines()) == 1
    assert not data_dir.exists()


def test_an_external_database_is_migrated_by_its_own_command_and_never_by_serve(data_dir: Path, empty_database) -> None:
    urls = {
        "ALLSQUARE_DATABASE_URL": empty_database.app_url,
        "ALLSQUARE_DATABASE_OWNER_URL": empty_database.owner_url,
    }
    refused = run(data_dir, "serve", "--port", 0, **urls).sentence
    assert refused.startswith("The database lacks 3 migration(s), first 0001_ledger.sql; run 'allsquare db migrate'.")
    assert run(data_dir, "db", "status", **urls).status == 1
    assert run(data_dir, "db", "status", "--json", **urls).json["pending"] == [
        "0001_ledger.sql",
        "0002_plans.sql",
        "0003_people.sql",
    ]
    assert done(data_dir, "db", "migrate", **urls).out == "Applied 3 migration(s).\n"
    assert done(data_dir, "db", "migrate", **urls).out == "Nothing to do: the schema is current.\n"
    with serving(data_dir, "--demo", **urls) as served:
        assert served.paste()["seq"] == 18
        assert embedded.status(data_dir).state == "absent"


def test_a_token_that_cannot_be_kept_is_told_and_no_owner_is_made(data_dir: Path, empty_database) -> None:
    done(data_dir, "db", "migrate", ALLSQUARE_DATABASE_URL=empty_database.owner_url)
    data_dir.write_text("mine")
    refused = run(data_dir, "token", "--new", ALLSQUARE_DATABASE_URL=empty_database.app_url).sentence
    assert refused.startswith(f"{data_dir} cannot be a data directory")
    data_dir.unlink()

    async def count_users() -> int:
        connection = await asyncpg.connect(empty_database.app_url)
        try:
            return await connection.fetchval('SELECT count(*) FROM "user"')
        finally:
            await connection.close()

    assert asyncio.run(count_users()) == 0


def test_without_psql_the_shell_of_an_external_database_says_so(data_dir: Path, database_urls) -> None:
    refused = run(data_dir, "db", "shell", ALLSQUARE_DATABASE_URL=database_urls.owner_url, PATH="nowhere").sentence
    assert refused.startswith("There is no psql on the PATH.")
