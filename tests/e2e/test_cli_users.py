"""`allsquare user` lists accounts and prints links, which the running server takes."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.cli_helpers import DEADLINE_S, Served, done, run, serving
from tests.pg.embedded_helpers import remove_data_dir

PASSWORD = "lantern orbit velvet seven"
OTHER_PASSWORD = "marble canyon fifteen owls"


@pytest.fixture(scope="module")
def served(run_folder: Path) -> Iterator[Served]:
    """Return a service on a fresh data directory that all tests of this file share."""
    folder = run_folder / f"cli-{secrets.token_hex(4)}"
    with serving(folder) as started:
        yield started
    remove_data_dir(folder)


def post(served: Served, path: str, body: dict[str, Any], *, status: int) -> Any:
    answer = httpx2.post(served.url + path, json=body, timeout=DEADLINE_S)
    assert answer.status_code == status, answer.text
    return answer.json()


def link(served: Served, *arguments: str, place: str) -> str:
    """Print a link by a command, and give the ticket in it; nothing else is on standard output."""
    url = done(served.data_dir, "user", *arguments, ALLSQUARE_PUBLIC_URL="https://money.example.org/").out
    begin = f"https://money.example.org/{place}="
    assert url.startswith(begin)
    return url.removeprefix(begin).strip()


def users(served: Served) -> list[dict[str, Any]]:
    return done(served.data_dir, "user", "list", "--json").json


def test_the_owner_chooses_the_first_password_by_a_printed_link(served: Served) -> None:
    [owner] = [user for user in users(served) if user["role"] == "owner"]
    ticket = link(served, "reset", place="reset#ticket")
    body = {"ticket": ticket, "password": PASSWORD, "name": "Olga", "email": "olga@example.org"}
    chosen = post(served, "/v1/password/reset", body, status=200)
    assert (chosen["id"], chosen["role"], chosen["has_password"]) == (owner["id"], "owner", True)
    # What was used so far goes on; only a second password ends it.
    assert served.get("/v1/users/me", served.token)[1]["name"] == "Olga"
    body = {"ticket": link(served, "reset", "olga@example.org", place="reset#ticket"), "password": OTHER_PASSWORD}
    post(served, "/v1/password/reset", body, status=200)
    assert served.get("/v1/users/me", served.token)[0] == 401
    done(served.data_dir, "token", "--new")
    assert served.get("/v1/users/me", served.token)[0] == 200


def test_an_invitation_is_good_once(served: Served) -> None:
    body = {"name": "Asha", "password": PASSWORD, "email": "asha@example.org"}
    assert post(served, "/v1/users", body, status=403)["code"] == "user.invitation_needed"
    options = ("--email", "Asha@Example.org", "--role", "admin")
    body["invite"] = link(served, "invite", *options, place="join#invite")
    made = post(served, "/v1/users", body, status=201)
    assert (made["role"], made["email_verified"]) == ("admin", True)
    assert post(served, "/v1/users", body, status=404)["code"] == "ticket.not_good"
    assert made in users(served)
    shown = done(served.data_dir, "user", "list").out
    assert "asha@example.org" in shown


def test_whose_link_it_is_may_be_said_in_several_ways(served: Served) -> None:
    made = post(
        served, "/v1/users", {"name": "Ben Bo", "invite": link(served, "invite", place="join#invite")}, status=201
    )
    for number, who in enumerate(("ben bo", "BEN", made["id"], made["id"])):
        body = {"ticket": link(served, "reset", who, place="reset#ticket"), "password": f"{PASSWORD} {number}"}
        assert post(served, "/v1/password/reset", body, status=200)["id"] == made["id"]


def test_whom_nobody_or_several_are_called_is_refused(served: Served) -> None:
    for name in ("Twin one", "Twin two"):
        post(served, "/v1/users", {"name": name, "invite": link(served, "invite", place="join#invite")}, status=201)
    assert run(served.data_dir, "user", "reset", "nobody").sentence.startswith("There is no user 'nobody'.")
    assert run(served.data_dir, "user", "reset", "no@example.org").sentence.startswith("There is no user")
    unclear = run(served.data_dir, "user", "reset", "twin").sentence
    assert "Twin one" in unclear
    assert "Twin two" in unclear
    assert "is not an e-mail address" in run(served.data_dir, "user", "invite", "--email", "nobody").sentence


def test_links_lead_to_this_machine_where_nothing_else_is_set(served: Served) -> None:
    assert done(served.data_dir, "user", "invite").out.startswith("http://127.0.0.1:8000/join#invite=ast_")
    settings = {"ALLSQUARE_HOST": "0.0.0.0", "ALLSQUARE_PORT": "9000"}  # noqa: S104  (what is looked at)
    said = done(served.data_dir, "user", "reset", **settings)
    assert said.out.startswith("http://127.0.0.1:9000/reset#ticket=ast_")
    assert "ast_" not in said.err
