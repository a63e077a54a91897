"""Make a service that is lived in: whatever a page can show is there."""

import re
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.e2e.browser.people import Person
from tests.e2e.browser.service import Service
from tests.e2e.cli_helpers import done

PASSWORD = "lantern orbit velvet seven"
LONG_NAME = "Maximiliane von Hohenzollern-Sigmaringen"
ASHA, BEN, CHEN, DIA, LONG, TWICE = range(1, 7)
EVERYBODY = [ASHA, BEN, CHEN, DIA, LONG]


@dataclass(frozen=True)
class Rich:
    """Where everything is.

    Shape: `asha` owns the instance and made `trip`; `ben` is in it by an account, Chen as a guest. `links` are those
        that let people in, by role; `expenses` are ids by description; `newcomer` is somebody who has nothing yet.
    """

    service: Service
    trip: str
    settling: str
    square: str
    archived: str
    empty: str
    group: str
    asha: str
    ben: str
    newcomer: str
    links: dict[str, str]
    expenses: dict[str, str]
    tickets: dict[str, str]

    def sign_in(self, person: Person, email: str) -> None:
        """Sign somebody in on their device, without going by the page."""
        body = {"email": email, "password": PASSWORD}
        origin = {"Origin": self.service.url}
        answer = httpx2.post(f"{self.service.url}/v1/sessions", json=body, headers=origin).raise_for_status()
        person.context.add_cookies(
            [{"name": name, "value": value, "url": self.service.url} for name, value in answer.cookies.items()]
        )


class Api:
    """Speak for somebody."""

    def __init__(self, service: Service, token: str | None) -> None:
        self._url = service.url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Send something, and give what is answered; a refusal fails."""
        headers = {**self._headers, "Origin": self._url, **headers}
        answer = httpx2.request(method, f"{self._url}/v1{path}", json=body, headers=headers, timeout=60)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None


def make_rich(service: Service) -> Rich:
    """Make all of it."""
    owner = Api(service, service.served.token)
    stranger = Api(service, None)
    ticket = re.search(r"/reset#ticket=(\S+)", service.served.printed)
    assert ticket is not None
    whole = {"ticket": ticket[1], "name": "Asha", "email": "asha@example.org", "password": PASSWORD}
    stranger("POST", "/password/reset", whole)
    ben = _sign_up(service, "Ben", "ben@example.org")
    _sign_up(service, "Newman", "newman@example.org")
    trip = owner("POST", "/events", _event("Goa trip", "Asha", "Ben", "Chen", "Dia", LONG_NAME, "Dia (phone)"))["id"]
    links = {
        role: owner("POST", f"/events/{trip}/links", {"role": role, **more})["token"]
        for role, more in (("contributor", {}), ("viewer", {"max_uses": 3, "expires_in_hours": 24}), ("admin", {}))
    }
    _make_other_links(owner, trip)
    ben("POST", "/links/join", {"token": links["contributor"], "member": BEN})
    chen = Api(service, stranger("POST", "/links/join", {"token": links["contributor"], "member": CHEN})["guest_token"])
    owner("PATCH", f"/events/{trip}/members/{LONG}", {"role": "viewer", "weight": "1.5"})
    owner("PATCH", f"/events/{trip}/members/{BEN}", {"payment": {"bank": "Sparkasse", "country": "DE"}})
    return Rich(
        service=service,
        trip=trip,
        group=_make_group(owner),
        settling=_make_settling(owner),
        square=_make_square(owner, "Friday dinner"),
        archived=_make_archived(owner),
        empty=owner("POST", "/events", _event("Summer house", "Asha"))["id"],
        asha="asha@example.org",
        ben="ben@example.org",
        newcomer="newman@example.org",
        links=links,
        expenses=_spend(owner, ben, chen, trip),
        tickets=_make_tickets(owner, service),
    )


def _event(name: str, *people: str) -> dict[str, Any]:
    members = [{"name": each, "me": each == "Asha"} for each in people]
    return {"name": name, "kind": "trip", "currency": "EUR", "members": members}


def _sign_up(service: Service, name: str, email: str) -> Api:
    nobody = Api(service, None)
    nobody("POST", "/users", {"name": name, "email": email, "password": PASSWORD})
    asked = {"grant_type": "password", "username": email, "password": PASSWORD, "scope": "admin"}
    return Api(service, nobody("POST", "/token", asked)["access_token"])


def _make_other_links(owner: Api, trip: str) -> None:
    owner("POST", f"/events/{trip}/links", {"role": "contributor", "email": "eve-with-a-long-address@example.org"})
    gone = owner("POST", f"/events/{trip}/links", {"role": "viewer"})
    owner("DELETE", f"/events/{trip}/links/{gone['id']}")


def _make_tickets(owner: Api, service: Service) -> dict[str, str]:
    owner("POST", "/tokens", {"name": "Backup at night", "scope": "read", "expires_in_days": 90})
    owner("POST", "/tokens", {"name": "Telegram bot", "scope": "write"})
    reset = done(service.data_dir, "user", "reset", "ben@example.org", ALLSQUARE_PUBLIC_URL=service.url).out
    return {
        "invite": owner("POST", "/invitations", {"email": "fred@example.org"})["ticket"],
        "reset": reset.partition("/reset#ticket=")[2].split()[0],
    }


def _make_group(owner: Api) -> str:
    people = [{"name": name} for name in ("Ben", "Chen", "Dia", LONG_NAME)]
    group = owner("POST", "/groups", {"name": "Flat in the Sonnenallee", "currency": "EUR", "members": people})
    owner("PATCH", f"/groups/{group['id']}/members/2", {"role": "admin", "weight": "2"})
    return str(group["id"])


def _make_settling(owner: Api) -> str:
    event = owner("POST", "/events", _event("Ski week", "Asha", "Ben", "Chen"))["id"]
    for description, amount, payer in (("Cabin", "640.00", 1), ("Lift passes", "411.50", 2)):
        owner("POST", f"/events/{event}/expenses", {"description": description, "amount": amount, "paid_by": payer})
    owner("PUT", f"/events/{event}/settle")
    return str(event)


def _make_square(owner: Api, name: str) -> str:
    event = owner("POST", "/events", _event(name, "Asha", "Ben"))["id"]
    owner("POST", f"/events/{event}/expenses", {"description": "Dinner", "amount": "50.00", "paid_by": 1})
    owner("PUT", f"/events/{event}/settle")
    owner("POST", f"/events/{event}/settlements", {"from": 2, "to": 1, "amount": "25.00", "method": "cash"})
    return str(event)


def _make_archived(owner: Api) -> str:
    event = _make_square(owner, "Concert")
    owner("POST", f"/events/{event}/archive")
    return event


def _expenses() -> list[dict[str, Any]]:
    """Give an expense of each kind; some of them are there to be long, dear, odd or in another currency."""
    each = [{"member": member, "amount": "10.00"} for member in EVERYBODY]
    two = [{"member": ASHA, "amount": "130.40"}, {"member": BEN, "amount": "100.00"}]
    items: dict[str, Any] = {
        "type": "itemized",
        "items": [
            {"name": "Fish curry", "amount": "18.50", "among": [ASHA, BEN]},
            {"name": "Mango lassi", "amount": "12.00", "among": EVERYBODY},
            {"name": "", "amount": "9.40", "among": [CHEN]},
        ],
        "tax": "3.99",
        "tip": "4.00",
        "discount": "2.00",
    }
    spice = "Spices, rice, lentils and everything else that we needed for the big dinner with the neighbours on Sunday"
    rows = (
        ("Flights", "1284.00", "2025-06-28", ASHA, {"type": "equal"}, "Transport"),
        ("Beach house", "2480.50", "2025-07-01", BEN, {"type": "shares", "shares": _weights()}, "Accommodation"),
        ("Car for a week", "230.40", "2025-07-02", two, {"type": "equal"}, "Transport"),
        ("Groceries", "50.00", "2025-07-03", CHEN, {"type": "exact", "shares": each}, "Groceries"),
        ("Diving", "399.99", "2025-07-04", DIA, {"type": "percentage", "shares": _percents()}, "Fun"),
        ("Dinner at the pier", "45.89", "2025-07-05", ASHA, items, "Food and drink"),
        ("Boat", "100.00", "2025-07-05", BEN, {"type": "adjustment", "adjustments": _more()}, "Fun"),
        ("Tuk-tuk", "450.00", "2025-07-06", CHEN, {"type": "equal", "among": [ASHA, CHEN, DIA]}, "Transport"),
        ("Temple fees", "1200.00", "2025-07-07", ASHA, {"type": "equal"}, None),
        ("Refund of the deposit", "-80.00", "2025-07-08", BEN, {"type": "equal"}, "Accommodation"),
        (spice, "1043.27", "2025-07-08", LONG, {"type": "equal"}, "Groceries"),
        ("Coffee", "4.20", "2025-07-09", ASHA, {"type": "equal", "among": [ASHA, BEN]}, "Food and drink"),
        ("Laundry", "10.00", "2025-07-10", DIA, {"type": "equal", "among": [ASHA, BEN, DIA]}, None),
        ("Train home", "12345.67", "2025-08-01", BEN, {"type": "equal"}, "Transport"),
        ("Counted twice", "9.99", "2025-08-02", ASHA, {"type": "equal"}, None),
    )
    names = ("description", "amount", "date", "paid_by", "split", "category")
    made = [dict(zip(names, row, strict=True)) for row in rows]
    for row in made:
        row["currency"] = "INR" if row["description"] in ("Tuk-tuk", "Temple fees") else "EUR"
    return made


def _weights() -> list[dict[str, Any]]:
    return [{"member": member, "weight": "2" if member == BEN else "1"} for member in EVERYBODY]


def _percents() -> list[dict[str, Any]]:
    return [{"member": member, "percent": "20"} for member in EVERYBODY]


def _more() -> list[dict[str, Any]]:
    return [{"member": ASHA, "amount": "5.00"}, {"member": BEN, "amount": "-2.50"}]


def _spend(owner: Api, ben: Api, chen: Api, trip: str) -> dict[str, str]:
    made: dict[str, str] = {}
    speakers = {BEN: ben, CHEN: chen}
    for expense in _expenses():
        by = speakers.get(expense["paid_by"], owner) if isinstance(expense["paid_by"], int) else owner
        found = by("POST", f"/events/{trip}/expenses", expense)
        made[expense["description"]] = found["id"]
        if expense["description"] == "Dinner at the pier":
            longer = {**expense, "notes": "The waiter gave us a discount.\nDia did not eat.", "date": "2025-07-06"}
            ben("PUT", f"/events/{trip}/expenses/{found['id']}", longer, **{"If-Match": '"1"'})
    owner("DELETE", f"/events/{trip}/expenses/{made['Counted twice']}", **{"If-Match": '"1"'})
    paid = {"from": LONG, "to": BEN, "method": "bank", "date": "2025-08-03"}
    owner("POST", f"/events/{trip}/settlements", {**paid, "amount": "100.00", "note": "First half"})
    wrong = owner("POST", f"/events/{trip}/settlements", {**paid, "amount": "1.00"})
    owner("POST", f"/events/{trip}/settlements/{wrong['id']}/reverse", {"reason": "Typed one zero too few"})
    return made
