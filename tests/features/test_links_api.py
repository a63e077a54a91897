"""Links into an event over HTTP, as its admins see them: made, listed, drawn, mailed, revoked."""

import asyncio
import json
from datetime import datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from allsquare.adapters.mail import MAX_WAITING, Letter, MemoryMailer, Outbox
from tests.features.api_client import NOBODY, Api, refused, without
from tests.features.guest_people import (
    Person,
    another_token,
    audited,
    execute,
    guest_of,
    join,
    make_link,
    user,
)

FIND_STORED = """
SELECT token_hash, token, email FROM link WHERE link_id = $1
"""
EXPIRE_LINK = """
UPDATE link SET expires_at = now() - interval '1 second' WHERE link_id = $1
"""
SVG = "{http://www.w3.org/2000/svg}"


def test_a_link_is_shown_whole_to_whoever_makes_it(api):
    event = api.event()
    response = api.send("POST", f"{event}/links", {"role": "contributor", "max_uses": 5})
    assert response.status_code == 201
    link = response.json()
    assert response.headers["location"] == f"{event}/links/{link['id']}"
    assert response.headers["cache-control"] == "no-store"
    assert link["token"].startswith("asl_")
    assert len(link["token"]) == len("asl_") + 43
    assert link["url"] == f"{api.server.url}/join#link={link['token']}"
    assert without(link, "id", "token", "url", "expires_at", "created_at") == {
        "role": "contributor",
        "uses": 0,
        "max_uses": 5,
        "status": "open",
        "email": None,
        "mailed": False,
    }


@pytest.mark.parametrize(("hours", "expected"), [(None, 720), (1, 1), (8760, 8760)])
def test_a_link_is_good_for_30_days_or_as_long_as_is_said(api, hours, expected):
    fields = {} if hours is None else {"expires_in_hours": hours}
    link = make_link(api, api.event(), **fields)
    lasts = datetime.fromisoformat(link["expires_at"]) - datetime.fromisoformat(link["created_at"])
    assert abs(lasts - timedelta(hours=expected)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "owner"),
        ("role", "member"),
        ("expires_in_hours", 0),
        ("expires_in_hours", 8761),
        ("expires_in_hours", "24"),
        ("max_uses", 0),
        ("max_uses", True),
        ("uses", 3),
    ],
)
def test_what_a_link_cannot_be_is_refused(api, field, value):
    event = api.event()
    body = {"role": "viewer", field: value}
    refused(api.send("POST", f"{event}/links", body), 422, "validation.failed", field=field)
    assert api.items(f"{event}/links") == []


def test_links_are_listed_newest_first_and_shown_again(api):
    event = api.event()
    made = [make_link(api, event, role) for role in ("viewer", "contributor", "admin")]
    assert api.items(f"{event}/links") == made[::-1]
    pages = api.pages(f"{event}/links", limit=2)
    assert [[link["id"] for link in page] for page in pages] == [[made[2]["id"], made[1]["id"]], [made[0]["id"]]]
    assert api.items(f"{api.event()}/links") == []


def test_the_same_key_makes_one_link(api, running):
    event = api.event()
    body = {"role": "viewer", "max_uses": 2}
    first = api.send("POST", f"{event}/links", body, key="a-link")
    again = api.send("POST", f"{event}/links", body, key="a-link")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = {"role": "admin", "max_uses": 2}
    refused(api.send("POST", f"{event}/links", other, key="a-link"), 422, "idempotency.mismatch")
    assert api.items(f"{event}/links") == [first.json()]
    assert len([detail for _, _, detail in audited(running, "link.made") if first.json()["id"] in detail]) == 1


def test_a_token_is_not_stored_readably(api, running):
    link = make_link(api, api.event(), email="Dia@Example.org")

    async def stored(services):
        async with services.reading() as connection:
            return await connection.fetchrow(FIND_STORED, UUID(link["id"]))

    token_hash, token, email = running.run(stored)
    assert link["token"].encode() not in token_hash + token
    assert b"example.org" not in email


def test_a_link_is_drawn_as_a_picture_that_loads_and_runs_nothing(api):
    event = api.event()
    link, other = make_link(api, event), make_link(api, event)
    response = api.send("GET", f"{event}/links/{link['id']}/qr")
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["cache-control"] == "no-store"
    drawing = ET.fromstring(response.text)  # noqa: S314  (our own)
    assert drawing.tag == f"{SVG}svg"
    elements = list(drawing.iter())
    assert {each.tag for each in elements} <= {f"{SVG}{name}" for name in ("svg", "g", "path", "title")}
    assert not {name for each in elements for name in each.attrib if name.startswith("on") or "href" in name}
    assert not {each.get("style") for each in elements} - {None}
    assert api.send("GET", f"{event}/links/{link['id']}/qr").content == response.content
    assert api.send("GET", f"{event}/links/{other['id']}/qr").content != response.content


def test_a_revoked_link_lets_nobody_else_in_and_whoever_joined_stays(api, running):
    event = api.event()
    link = make_link(api, event)
    guest = guest_of(api, link, member=2)
    for _ in range(2):
        response = api.send("DELETE", f"{event}/links/{link['id']}")
        assert (response.status_code, response.content) == (204, b"")
    assert [(each["status"], each["uses"]) for each in api.items(f"{event}/links")] == [("revoked", 1)]
    stranger = Person(api, None)
    refused(stranger.send("POST", "/v1/links/look", {"token": link["token"]}), 409, "link.revoked", field="token")
    body = {"token": link["token"], "name": "Dia"}
    refused(stranger.send("POST", "/v1/links/join", body), 409, "link.revoked", field="token")
    assert guest.get(event)["name"] == "Goa trip"
    assert len([detail for _, _, detail in audited(running, "link.revoked") if link["id"] in detail]) == 1


def _refuses(api: Api, event: str, link: dict, *people: Api) -> None:
    """Hold a link to let nobody in, as if it were revoked, and to change nothing."""
    before = api.snapshot(event)
    for person in (Person(api, None), *people):
        refused(person.send("POST", "/v1/links/look", {"token": link["token"]}), 409, "link.revoked", field="token")
        body = {"token": link["token"], "name": "Zoe"}
        refused(person.send("POST", "/v1/links/join", body), 409, "link.revoked", field="token")
    assert api.snapshot(event) == before
    assert status_of(api, event, link) == "lapsed"


def status_of(api: Api, event: str, link: dict) -> str:
    return next(each["status"] for each in api.items(f"{event}/links") if each["id"] == link["id"])


@pytest.mark.parametrize("with_account", [True, False])
def test_an_admin_who_was_removed_does_not_come_back_by_a_link_of_their_own(api, running, with_account):
    event = api.event()
    eve = user(running, api, "Eve") if with_account else Person(api, None)
    joined = join(eve, make_link(api, event, "admin"), name="Eve")
    admin = eve if with_account else Person(api, joined["guest_token"])
    link = make_link(admin, event, "admin")
    assert status_of(api, event, link) == "open"
    api.do("DELETE", f"{event}/members/4", status=204)
    _refuses(api, event, link, *([eve] if with_account else []))


@pytest.mark.parametrize("with_account", [True, False])
def test_a_link_is_good_while_its_maker_is_an_admin(api, running, with_account):
    event = api.event()
    eve = user(running, api, "Eve") if with_account else Person(api, None)
    joined = join(eve, make_link(api, event, "admin"), name="Eve")
    link = make_link(eve if with_account else Person(api, joined["guest_token"]), event)
    api.do("PATCH", f"{event}/members/4", {"role": "member"})
    _refuses(api, event, link)
    api.do("PATCH", f"{event}/members/4", {"role": "admin"})
    assert status_of(api, event, link) == "open"
    join(Person(api, None), link, member=2)


def test_whoever_leaves_an_event_they_made_takes_their_links_along(api, running):
    asha = user(running, api, "Asha")
    event = asha.event(["Ben", "Chen"])
    seatless = make_link(asha, event)
    join(Person(api, None), seatless, member=1)
    join(asha, seatless, name="Asha")
    join(user(running, api, "Dia"), make_link(asha, event, "admin"), name="Dia")
    asha.do("DELETE", f"{event}/members/3", status=204)
    _refuses(api, event, seatless, asha)


def test_a_link_that_is_used_up_or_expired_says_so(api, running):
    event = api.event()
    used_up, expired = make_link(api, event, max_uses=1), make_link(api, event)
    join(Person(api, None), used_up, member=2)
    execute(running, EXPIRE_LINK, UUID(expired["id"]))
    assert [each["status"] for each in api.items(f"{event}/links")] == ["expired", "used_up"]


def test_a_link_belongs_to_its_event_alone(api):
    event, other = api.event(), api.event()
    link = make_link(api, event)
    for path in (f"{other}/links/{link['id']}", f"{event}/links/{NOBODY}"):
        refused(api.send("DELETE", path), 404, "link.not_found")
        refused(api.send("GET", f"{path}/qr"), 404, "link.not_found")
    assert api.items(f"{event}/links") == [link]


def test_links_are_for_the_admins_of_the_event(api, running):
    event = api.event()
    link = make_link(api, event)
    for role, code in (("viewer", "access.role"), ("contributor", "access.role")):
        guest = guest_of(api, make_link(api, event, role), name=role)
        refused(guest.send("POST", f"{event}/links", {"role": "viewer"}), 403, code)
        refused(guest.send("GET", f"{event}/links"), 403, code)
        refused(guest.send("GET", f"{event}/links/{link['id']}/qr"), 403, code)
        refused(guest.send("DELETE", f"{event}/links/{link['id']}"), 403, code)
    stranger = user(running, api, "Zoe")
    refused(stranger.send("POST", f"{event}/links", {"role": "viewer"}), 404, "event.not_found")
    refused(stranger.send("GET", f"{event}/links"), 404, "event.not_found")
    refused(stranger.send("DELETE", f"{event}/links/{link['id']}"), 404, "event.not_found")
    refused(Person(api, None).send("GET", f"{event}/links"), 401, "http.unauthenticated")
    admin = guest_of(api, make_link(api, event, "admin"), name="Guest admin")
    assert make_link(admin, event)["uses"] == 0


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_that_may_not_manage_access_neither_makes_nor_sees_links(api, running, scope):
    asha = user(running, api, "Asha")
    event = asha.event()
    link = make_link(asha, event)
    narrow = another_token(running, asha, scope)
    refused(narrow.send("GET", f"{event}/links"), 403, "access.scope")
    refused(narrow.send("GET", f"{event}/links/{link['id']}/qr"), 403, "access.scope")
    response = narrow.send("POST", f"{event}/links", {"role": "admin"})
    assert response.status_code == 403
    assert asha.items(f"{event}/links") == [link]


def test_an_invitation_is_for_one_person(api):
    event = api.event()
    link = make_link(api, event, email=" Dia@Example.ORG ")
    assert (link["email"], link["max_uses"]) == ("dia@example.org", 1)
    assert make_link(api, event, email="dia@example.org", max_uses=1)["max_uses"] == 1
    body = {"role": "viewer", "email": "dia@example.org", "max_uses": 2}
    refused(api.send("POST", f"{event}/links", body), 422, "validation.failed", field="max_uses")
    body = {"role": "viewer", "email": "dia at example.org"}
    refused(api.send("POST", f"{event}/links", body), 422, "user.email_invalid", field="email")
    assert len(api.items(f"{event}/links")) == 2
    join(Person(api, None), link, name="Dia")
    body = {"token": link["token"], "name": "Eve"}
    refused(Person(api, None).send("POST", "/v1/links/join", body), 409, "link.used_up", field="token")


@pytest.fixture
def letters(running):
    """Set mail up, and give what is sent."""
    mailer = MemoryMailer()

    async def set_up(services):
        before, services.mail = services.mail, Outbox(mailer)
        return before

    before = running.run(set_up)

    async def read(services):
        await services.mail.settled()
        return mailer.letters

    yield lambda: running.run(read)

    async def restore(services):
        services.mail = before

    running.run(restore)


def test_an_invitation_is_mailed_once_to_whom_it_is_for(api, letters):
    event = api.event()
    body = {"role": "contributor", "email": "dia@example.org"}
    link = api.do("POST", f"{event}/links", body, status=201, key="invite-dia")
    assert link["mailed"]
    assert api.do("POST", f"{event}/links", body, status=201, key="invite-dia") == link
    assert not make_link(api, event)["mailed"]
    assert [each["mailed"] for each in api.items(f"{event}/links")] == [False, True]
    (letter,) = letters()
    assert letter.to == "dia@example.org"
    assert "Goa trip" in letter.subject
    assert link["url"] in letter.text


class Stuck:
    """A mail server that takes nothing before it is told to."""

    def __init__(self):
        self.mended = asyncio.Event()

    async def send(self, letter):
        await self.mended.wait()


def test_a_link_is_made_and_says_so_when_no_letter_can_go_and_a_retry_sends_it(api, running, letters):
    event, body = api.event(), {"role": "contributor", "email": "dia@example.org"}
    stuck = Stuck()

    async def fill(services):
        working, services.mail = services.mail, Outbox(stuck)
        for _ in range(MAX_WAITING):
            services.mail.post(Letter("a@example.org", "Hello", "Hello"))
        return working

    async def mend(services):
        full, services.mail = services.mail, working
        stuck.mended.set()
        await full.settled()

    working = running.run(fill)
    response = api.send("POST", f"{event}/links", body, key="dia")
    running.run(mend)
    link = response.json()
    assert (response.status_code, link["mailed"], letters()) == (201, False, [])
    assert api.items(f"{event}/links") == [link]
    assert api.do("POST", f"{event}/links", body, status=201, key="dia") == {**link, "mailed": True}
    assert [letter.to for letter in letters()] == ["dia@example.org"]


@pytest.mark.parametrize("with_mail", [False, True])
def test_it_is_said_and_written_down_whether_a_letter_went(request, api, running, with_mail):
    if with_mail:
        request.getfixturevalue("letters")
    assert make_link(api, api.event(), email="dia@example.org")["mailed"] is with_mail
    invitation = api.do("POST", "/v1/invitations", {"email": "dia@example.org"}, status=201)
    assert invitation["mailed"] is with_mail
    [told] = [told for _, _, told in audited(running, "user.invited") if invitation["id"] in told]
    assert json.loads(told)["by_mail"] is with_mail
