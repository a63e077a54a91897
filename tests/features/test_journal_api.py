"""The journal over HTTP: in pages, and as a stream of server-sent events."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.features.api_client import NOBODY, dinner, refused
from tests.features.guest_people import guest_of, make_link


@pytest.fixture
def story(api):
    """Give an event to which one of everything happened."""
    event = api.event(["Asha", "Ben", "Chen"])
    api.do("POST", f"{event}/members", {"name": "Dia"}, status=201)
    api.do("PATCH", f"{event}/members/4", {"name": "Dina"})
    api.do("DELETE", f"{event}/members/4", status=204)
    api.do("PATCH", event, {"kind": "trip"})
    expense = f"{event}/expenses/{api.expense(event, '30.00')['id']}"
    api.do("PUT", expense, dinner(amount="33.00"), version=1)
    api.do("DELETE", expense, version=2, status=204)
    api.do("POST", f"{expense}/restore")
    settlement = f"{event}/settlements/{api.settlement(event, 2, 1, '11.00')['id']}"
    api.do("POST", f"{settlement}/reverse", {"reason": "It bounced"}, status=201)
    api.do("PUT", f"{event}/settle")
    api.do("POST", f"{event}/reopen")
    return event


def line(debit, credit, amount):
    return {"debit": debit, "credit": credit, "amount": amount, "currency": "INR"}


OWED_10 = [line(2, 1, "10.00"), line(3, 1, "10.00")]
OWED_11 = [line(2, 1, "11.00"), line(3, 1, "11.00")]
BACK_10 = [line(1, 2, "10.00"), line(1, 3, "10.00")]
BACK_11 = [line(1, 2, "11.00"), line(1, 3, "11.00")]


def test_the_journal_tells_everything_that_happened_in_order(api, story):
    journal = api.get(f"{story}/journal")
    assert journal["next_cursor"] is None
    told = [(entry["seq"], entry["kind"], entry["reverses_seq"], entry["transfers"]) for entry in journal["items"]]
    assert told == [
        (1, "event.created", None, []),
        (2, "member.added", None, []),
        (3, "member.renamed", None, []),
        (4, "member.left", None, []),
        (5, "event.changed", None, []),
        (6, "expense.recorded", None, OWED_10),
        (7, "expense.revised", 6, BACK_10 + OWED_11),
        (8, "expense.deleted", 7, BACK_11),
        (9, "expense.restored", 8, OWED_11),
        (10, "settlement.recorded", None, [line(1, 2, "11.00")]),
        (11, "settlement.reversed", 10, [line(2, 1, "11.00")]),
        (12, "event.settled", None, []),
        (13, "event.reopened", None, []),
    ]


def test_every_entry_says_who_and_when_and_is_chained(api, story):
    entries = api.get(f"{story}/journal")["items"]
    assert all(entry["actor"] == {"user_id": str(api.server.user_id), "name": "Owner"} for entry in entries)
    moments = [entry["at"].removesuffix("Z").ljust(26, "0") for entry in entries]
    assert moments == sorted(set(moments))
    assert all(entry["at"].endswith("Z") for entry in entries)
    hashes = [entry["hash"] for entry in entries]
    assert len(set(hashes)) == len(entries)
    assert all(len(bytes.fromhex(each)) == 32 for each in hashes)
    assert len({entry["command_id"] for entry in entries}) == len(entries)


def test_an_entry_holds_what_it_is_about(api, story):
    data = {entry["kind"]: entry["data"] for entry in api.get(f"{story}/journal")["items"]}
    seats = [{"member": number, "role": "admin" if number == 1 else "member"} for number in (1, 2, 3)]
    assert data["event.created"]["members"] == seats
    assert data["event.created"]["event"]["name"] == "Goa trip"
    assert data["member.added"]["members"] == [{"member": 4, "role": "member"}]
    assert data["member.renamed"]["member"] == data["member.left"]["member"] == 4
    assert data["event.changed"]["event"]["kind"] == "trip"
    recorded = data["expense.recorded"]
    assert (recorded["amount"], recorded["deleted"], recorded["version"]) == ("30.00", False, 1)
    assert data["expense.revised"]["diff"][0] == {"field": "amount", "from": "30.00", "to": "33.00"}
    assert (data["expense.deleted"]["deleted"], data["expense.restored"]["deleted"]) == (True, False)
    assert (data["settlement.recorded"]["from"], data["settlement.recorded"]["to"]) == (2, 1)
    assert data["settlement.reversed"]["reason"] == "It bounced"
    assert len(data["event.settled"]["payments"]) == 2
    assert data["event.reopened"]["event"]["status"] == "active"


def test_names_of_people_never_enter_the_journal(api, story):
    told = json.dumps([entry["data"] for entry in api.get(f"{story}/journal")["items"]])
    assert not [name for name in ("Asha", "Ben", "Chen", "Dia", "Dina") if name in told]


def test_transfers_of_all_entries_sum_to_the_positions(api, story):
    nets = dict.fromkeys((1, 2, 3, 4), 0)
    for entry in api.get(f"{story}/journal")["items"]:
        for each in entry["transfers"]:
            nets[each["debit"]] -= int(each["amount"].replace(".", ""))
            nets[each["credit"]] += int(each["amount"].replace(".", ""))
    assert {member: int(net.replace(".", "")) for member, net in api.nets(story).items()} == nets


def test_the_journal_pages_by_the_entry_to_go_on_after(api, story):
    seqs, after = [], 0
    while True:
        page = api.get(f"{story}/journal", after=after, limit=5)
        seqs.append([entry["seq"] for entry in page["items"]])
        if page["next_cursor"] is None:
            break
        after = page["next_cursor"]
    assert seqs == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13]]
    assert api.get(f"{story}/journal", after=13)["items"] == []
    assert api.get(f"{story}/journal", after=2**62) == {"items": [], "next_cursor": None}


def test_a_page_of_the_journal_holds_a_hundred_unless_told_otherwise(api):
    event = api.event(["Asha"])
    api.do("POST", f"{event}/expenses/batch", [dinner()] * 100)
    page = api.get(f"{event}/journal")
    assert (len(page["items"]), page["next_cursor"]) == (100, "100")


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=9999999999999999999", "limit=0", "limit=201", "limit=x"]
)
def test_a_bad_place_in_the_journal_is_refused(api, story, query):
    field = query.partition("=")[0]
    refused(api.send("GET", f"{story}/journal?{query}"), 422, "validation.failed", field=field)


@contextmanager
def stream(api, event, **headers) -> Iterator[Iterator[dict]]:
    """Open the stream of an event; gives its entries as they come."""
    place, _, query = event.partition("?")
    sent = {"Accept": "text/event-stream", **headers}
    with api.http.stream("GET", f"{place}/journal?{query}", headers=sent) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        yield _entries(response.iter_lines())


def _entries(lines) -> Iterator[dict]:
    fields = {}
    for text in lines:
        if text:
            name, _, value = text.partition(": ")
            fields[name] = value
        elif "data" in fields:
            entry = json.loads(fields["data"])
            assert fields["id"] == str(entry["seq"])
            assert fields["event"] == entry["kind"]
            yield entry
            fields = {}


def test_the_stream_begins_with_what_happened_and_goes_on_as_it_happens(api):
    event = api.event()
    api.expense(event)
    with stream(api, event) as entries:
        told = [next(entries), next(entries)]
        api.expense(event, "1.00")
        told.append(next(entries))
        api.settlement(event, 2, 1, "1.00")
        told.append(next(entries))
    assert told == api.get(f"{event}/journal")["items"]


@pytest.mark.parametrize("headers", [{"Last-Event-ID": "2"}, {"Last-Event-ID": "2", "after": "0"}, {"after": "2"}])
def test_the_stream_resumes_after_the_last_entry_that_was_seen(api, headers):
    event = api.event()
    api.expense(event)
    api.expense(event, "1.00")
    after = headers.pop("after", None)
    with stream(api, f"{event}?after={after}" if after else event, **headers) as entries:
        assert next(entries)["seq"] == 3
        api.expense(event, "2.00")
        assert next(entries)["seq"] == 4


def test_a_stream_resumed_beyond_the_end_tells_only_what_is_new(api):
    event = api.event()
    with stream(api, event, **{"Last-Event-ID": "1"}) as entries:
        api.expense(event)
        assert next(entries)["kind"] == "expense.recorded"


def test_a_stream_of_many_entries_loses_none(api):
    event = api.event(["Asha"])
    api.do("POST", f"{event}/expenses/batch", [dinner()] * 450)
    with stream(api, event) as entries:
        assert [next(entries)["seq"] for _ in range(451)] == list(range(1, 452))


def test_the_stream_hears_of_what_another_process_posts(api, plain_api):
    event = api.event()
    with stream(api, event) as entries:
        assert next(entries)["seq"] == 1
        plain_api.expense(event)
        assert next(entries)["seq"] == 2


def test_streams_of_two_events_do_not_mix(api):
    first, second = api.event(), api.event()
    with stream(api, first, **{"Last-Event-ID": "1"}) as of_first:
        api.expense(second)
        api.expense(first, "7.00")
        assert next(of_first)["data"]["amount"] == "7.00"


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "", "9" * 19, "²"])
def test_a_stream_cannot_resume_after_something_that_is_no_entry(api, last):
    event = api.event()
    headers = {"Accept": "text/event-stream", "Last-Event-ID": last.encode()}
    refused(api.send("GET", f"{event}/journal", headers=headers), 422, "http.header_invalid", field="Last-Event-ID")


def test_a_stream_of_an_event_nobody_made_is_a_problem_and_no_stream(api):
    headers = {"Accept": "text/event-stream"}
    refused(api.send("GET", f"/v1/events/{NOBODY}/journal", headers=headers), 404, "event.not_found")
    refused(api.send("GET", f"/v1/events/{NOBODY}/journal"), 404, "event.not_found")


def test_who_joined_by_a_link_did_so_by_their_own_name(api):
    event = api.event()
    guest = guest_of(api, make_link(api, event), name="Dia")
    guest.expense(event, paid_by=4)
    told = [(entry["kind"], entry["actor"]["name"]) for entry in api.items(f"{event}/journal")]
    assert told[1:] == [("member.added", "Dia"), ("expense.recorded", "Dia")]
