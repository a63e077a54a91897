"""Serve what a user owes and is owed over all events over HTTP."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from allsquare.core.money import format_amount
from allsquare.features.balances.reads import OwedBy, list_owed
from allsquare.features.balances.schemas import UserBalancesOut
from allsquare.features.identity.accounts.store import get_account, no_such_user
from allsquare.features.identity.call import CallContext
from allsquare.features.identity.caller import require_user
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    Cursor,
    JsonObject,
    Limit,
    Response,
    Seq,
    decode_cursor,
    encode_cursor,
    json_response,
    routes,
)

router = routes("/users/{user_id}/balances", "who owes whom")


class _Other(NamedTuple):
    """Who stands on the other side: a user, or a member without an account; and in which currency."""

    user_id: UUID | None
    event_id: UUID | None
    member: int | None
    currency: str


@router.get("", response_model=UserBalancesOut, responses=READ)
async def get_user_balances(
    user_id: UUID, call: CallContext, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Tell what you owe and are owed over all events, per person and currency; admins may ask for others.

    Events that are cleared, archived or deleted do not count: nobody in them owes anything.
    """
    require_user(call.caller, "read")
    if user_id != call.caller.user_id and call.caller.role not in {"owner", "admin"}:
        raise no_such_user(user_id)
    skip = decode_cursor(cursor, tuple[Seq])[0] if cursor else 0
    async with call.reading() as connection:
        await get_account(connection, user_id)
        owed = await list_owed(connection, user_id)
    people = _by_person(owed)
    more = encode_cursor(skip + limit) if len(people) > skip + limit else None
    shown = {"user_id": user_id, "totals": _totals(people), "items": people[skip : skip + limit], "next_cursor": more}
    return json_response(_without_numbers(shown))


def _by_person(owed: Sequence[OwedBy]) -> list[JsonObject]:
    """Sum up by person and currency, the largest amounts of each currency first; those that cancel out are left out."""
    found: dict[_Other, list[OwedBy]] = {}
    for each in owed:
        stranger = each.user_id is None
        key = _Other(
            each.user_id, each.event_id if stranger else None, each.member if stranger else None, each.currency
        )
        found.setdefault(key, []).append(each)
    people = [_person(key, lines) for key, lines in found.items()]
    people = [person for person in people if person["net_minor"]]
    return sorted(people, key=lambda person: (person["currency"], -abs(person["net_minor"]), person["person"]["name"]))


def _person(key: _Other, lines: Sequence[OwedBy]) -> JsonObject:
    net = sum([line.owed_minor for line in lines])
    events: dict[UUID, tuple[str, int]] = {}
    for line in lines:
        before = events.get(line.event_id, (line.event_name, 0))[1]
        events[line.event_id] = (line.event_name, before + line.owed_minor)
    return {
        "person": {"name": lines[-1].name, "user_id": key.user_id, "event_id": key.event_id, "member": key.member},
        "currency": key.currency,
        "net": format_amount(net, key.currency),
        "net_minor": net,
        "events": [
            {"event_id": event_id, "name": name, "net": format_amount(minor, key.currency)}
            for event_id, (name, minor) in events.items()
        ],
    }


def _totals(people: Sequence[JsonObject]) -> list[JsonObject]:
    totals: dict[str, list[int]] = {}
    for person in people:
        total = totals.setdefault(person["currency"], [0, 0])
        total[person["net_minor"] > 0] += abs(person["net_minor"])
    return [
        {
            "currency": currency,
            "you_owe": format_amount(owe, currency),
            "you_are_owed": format_amount(owed, currency),
            "net": format_amount(owed - owe, currency),
        }
        for currency, (owe, owed) in sorted(totals.items())
    ]


def _without_numbers(shown: JsonObject) -> JsonObject:
    for person in shown["items"]:
        del person["net_minor"]
    return shown
