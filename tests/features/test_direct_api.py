"""Direct expenses: users share without an event, in a ledger that is found or made."""

from uuid import UUID

import pytest

from allsquare.core.access import Actor
from allsquare.core.commands import CreateEvent, SeatTerms
from allsquare.features.wire.ids import derived_id, new_id
from tests.features.api_client import refused
from tests.features.guest_people import Person, user

LUNCH = {"description": "Lunch", "amount": "30.00", "currency": "INR", "date": "2026-11-20"}


@pytest.fixture
def friends(running, api):
    """Give three users who know each other from an event."""
    asha, ben, chen = [user(running, api, name) for name in ("Asha", "Ben", "Chen")]
    body = {"name": "Goa", "currency": "INR", "members": [{"name": "Asha", "me": True}]}
    event = asha.do("POST", "/v1/events", body, status=201)["id"]
    api.events.append(event)
    link = asha.do("POST", f"/v1/events/{event}/links", {"role": "contributor"}, status=201)["token"]
    for one, name in ((ben, "Ben"), (chen, "Chen")):
        one.do("POST", "/v1/links/join", {"token": link, "name": name}, status=201)
    return asha, ben, chen


def spend(api, person: Person, others: list[Person], **fields):
    body = {**LUNCH, "participants": [str(other.user_id) for other in others], **fields}
    answer = person.do("POST", "/v1/expenses", body, status=201)
    event = answer["expense"]["event_id"]
    if event not in api.events:
        api.events.append(event)
    return answer


def net(person: Person, answer) -> str:
    event = f"/v1/events/{answer['expense']['event_id']}"
    number = {member["user_id"]: member["member"] for member in answer["members"]}[str(person.user_id)]
    return person.nets(event)[number]


def test_two_people_share_one_ledger_whoever_records(api, friends):
    asha, ben, _ = friends
    first = spend(api, asha, [ben])
    second = spend(api, ben, [asha], amount="10.00")
    assert first["expense"]["event_id"] == second["expense"]["event_id"]
    assert [net(person, second) for person in (asha, ben)] == ["10.00", "-10.00"]
    assert asha.get(f"/v1/expenses/{second['expense']['id']}")["expense"]["created_by"]["name"] == "Ben"
    assert second["members"] == first["members"]


def test_three_people_have_another_ledger_than_two_of_them(api, friends):
    asha, ben, chen = friends
    assert spend(api, asha, [ben])["expense"]["event_id"] != spend(api, asha, [ben, chen])["expense"]["event_id"]


def test_a_direct_expense_is_split_and_paid_as_one_says(api, friends):
    asha, ben, chen = friends
    ids = [str(person.user_id) for person in friends]
    paid = [{"user_id": ids[0], "amount": "20.00"}, {"user_id": ids[1], "amount": "10.00"}]
    weights = [{"user_id": ids[1], "weight": "2"}, {"user_id": ids[2], "weight": "1"}]
    answer = spend(api, asha, [ben, chen], paid_by=paid, split={"type": "shares", "shares": weights})
    assert [net(person, answer) for person in friends] == ["20.00", "-10.00", "-10.00"]


def test_it_is_settled_as_any_other_ledger_and_listed_apart(api, friends):
    asha, ben, _ = friends
    answer = spend(api, asha, [ben])
    event = answer["expense"]["event_id"]
    number = {member["user_id"]: member["member"] for member in answer["members"]}
    body = {"from": number[str(ben.user_id)], "to": number[str(asha.user_id)], "amount": "15.00"}
    ben.do("POST", f"/v1/events/{event}/settlements", body, status=201)
    assert net(ben, answer) == "0.00"
    assert event not in [each["id"] for each in ben.items("/v1/events")]
    assert [each["id"] for each in ben.items("/v1/events", direct=True)] == [event]


def test_nobody_joins_or_manages_a_direct_ledger(api, friends):
    asha, ben, _ = friends
    event = f"/v1/events/{spend(api, asha, [ben])['expense']['event_id']}"
    refused(asha.send("POST", f"{event}/members", {"name": "Zoe"}), 409, "event.direct")
    refused(asha.send("PATCH", event, {"name": "Mine"}), 403, "access.role")


def test_nobody_leaves_or_is_removed_from_a_direct_ledger(api, friends):
    asha, ben, _ = friends
    event = f"/v1/events/{spend(api, asha, [ben], split=just(ben), paid_by=str(ben.user_id))['expense']['event_id']}"
    before = asha.snapshot(event)
    number = {member["user_id"]: member["member"] for member in before["event"]["members"]}
    refused(asha.send("DELETE", f"{event}/members/{number[str(asha.user_id)]}"), 409, "event.direct", field="kind")
    refused(api.send("DELETE", f"{event}/members/{number[str(ben.user_id)]}"), 409, "event.direct", field="kind")
    refused(api.send("PATCH", event, {"kind": "trip"}), 409, "event.direct", field="kind")
    assert asha.snapshot(event) == before


def test_nobody_deletes_or_archives_a_direct_ledger_for_good(api, friends):
    asha, ben, _ = friends
    answer = spend(api, asha, [ben])
    event = f"/v1/events/{answer['expense']['event_id']}"
    numbers = [member["member"] for member in answer["members"] if member["user_id"] == str(ben.user_id)]
    owing = {"from": numbers[0], "to": 3 - numbers[0], "amount": "15.00"}
    ben.do("PUT", f"{event}/settle")
    ben.do("POST", f"{event}/settlements", owing, status=201)
    before = asha.snapshot(event)
    assert before["event"]["status"] == "cleared"
    refused(api.send("DELETE", event, version=before["event"]["version"]), 409, "event.direct", field="kind")
    refused(api.send("POST", f"{event}/archive"), 409, "event.direct", field="kind")
    assert asha.snapshot(event) == before
    asha.do("POST", f"{event}/reopen")
    assert spend(api, asha, [ben])["expense"]["event_id"] == answer["expense"]["event_id"]


def just(person: Person):
    """Split an expense so that somebody has it for themselves, and nobody owes anybody."""
    return {"type": "shares", "shares": [{"user_id": str(person.user_id), "weight": "1"}]}


def test_a_retry_records_once(api, friends):
    asha, ben, _ = friends
    body = {**LUNCH, "participants": [str(ben.user_id)]}
    first, again = [asha.send("POST", "/v1/expenses", body, key="lunch-1") for _ in range(2)]
    api.events.append(first.json()["expense"]["event_id"])
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_strangers_cannot_be_made_to_owe(running, api, friends):
    asha, ben, _ = friends
    stranger = user(running, api, "Stranger")
    body = {**LUNCH, "participants": [str(asha.user_id)]}
    refused(stranger.send("POST", "/v1/expenses", body), 404, "direct.person_not_found", field="participants.0")
    found = spend(api, asha, [ben])["expense"]["id"]
    refused(stranger.send("GET", f"/v1/expenses/{found}"), 404, "expense.not_found")


def test_bad_direct_expenses_are_refused(api, friends):
    asha, ben, chen = friends
    good = {**LUNCH, "participants": [str(ben.user_id)]}
    alone = {**good, "participants": [str(asha.user_id)]}
    refused(asha.send("POST", "/v1/expenses", alone), 422, "direct.nobody_else", field="participants")
    other = {**good, "paid_by": str(chen.user_id)}
    refused(asha.send("POST", "/v1/expenses", other), 422, "direct.not_participant", field="paid_by")
    amount = {**good, "amount": "1.001"}
    refused(asha.send("POST", "/v1/expenses", amount), 422, "money.too_many_decimals", field="amount")
    nothing = {**good, "split": {"type": "exact", "shares": [{"user_id": str(ben.user_id)}]}}
    refused(asha.send("POST", "/v1/expenses", nothing), 422, "direct.not_participant", field="split.shares.0.amount")


def ledger_of(*people: Person) -> UUID:
    """Give the id of the ledger that people have, which anybody can work out who knows theirs."""
    return derived_id("direct", *sorted(person.user_id.bytes for person in people))


def begin(running, api, event_id: UUID, kind: str, maker: Person, *seated: Person) -> str:
    """Make an event under an id that no client may choose."""
    names = tuple(str(number) for number, _ in enumerate(seated, 1))
    command = CreateEvent("Mine", kind, "INR", names, tuple(SeatTerms("member", one.user_id) for one in seated))

    async def make(services):
        actor = Actor(maker.user_id)
        await services.submit_as(actor, event_id, command, command_id=new_id(), keyed=False, final=False)

    running.run(make)
    api.events.append(str(event_id))
    return f"/v1/events/{event_id}"


def test_nobody_takes_the_ledger_of_others_in_advance(api, friends):
    asha, ben, chen = friends
    event_id = str(ledger_of(asha, ben))
    body = {"id": event_id, "name": "Mine", "currency": "INR", "members": [{"name": "Chen", "me": True}]}
    refused(chen.send("POST", "/v1/events", body), 422, "validation.failed", field="id")
    answer = spend(api, asha, [ben])
    assert answer["expense"]["event_id"] == event_id
    refused(chen.send("GET", f"/v1/events/{event_id}"), 404, "event.not_found")


def test_an_event_that_is_no_direct_ledger_is_never_taken_for_one(running, api, friends):
    asha, ben, chen = friends
    taken = begin(running, api, ledger_of(asha, ben), "trip", chen, chen, asha)
    before = chen.snapshot(taken)
    body = {**LUNCH, "participants": [str(ben.user_id)]}
    refused(asha.send("POST", "/v1/expenses", body), 409, "event.exists")
    assert chen.snapshot(taken) == before


def test_who_owes_whom_goes_by_account_and_not_by_the_order_of_the_seats(running, api, friends):
    asha, ben, _ = sorted(friends, key=lambda person: person.user_id)
    begin(running, api, ledger_of(asha, ben), "direct", asha, ben, asha)
    answer = spend(api, asha, [ben])
    assert [net(person, answer) for person in (asha, ben)] == ["15.00", "-15.00"]
