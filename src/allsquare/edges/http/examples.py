"""Tell one short story of a trip through every operation: the examples of the OpenAPI document.

`tests/features/test_examples.py` plays the story against the real server, step by step, so that no example lies.
"""

from typing import NamedTuple

from allsquare.edges.http.plan_examples import (
    DINNER,
    EVENT,
    EXPLAINED,
    NAMED_NETS,
    NAMED_PLAN,
    PLANNED,
    TAXI,
    Json,
    show_payment,
)

PAYMENT = "0199aa10-5c00-7000-8000-000000000004"
OWNER = "0199aa10-5c00-7000-8000-000000000005"
REQUEST = "0199aa105c0070008000000000000006"
AT = "2026-11-20T19:30:00.000000Z"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Step(NamedTuple):
    """One request of the story and its answer; `answer` None where the step only moves the story on."""

    method: str
    path: str
    request: Json = None
    status: int = 200
    answer: Json = None
    member: int = 4
    version: int | None = None
    query: tuple[tuple[str, int], ...] = ()


def _member(number: int, name: str, *, active: bool = True) -> Json:
    role = "admin" if number == 1 else "member"
    payment = {"bank": None, "country": None, "currency": None}
    return {
        "member": number,
        "name": name,
        "role": role,
        "user_id": None,
        "active": active,
        "weight": "1",
        "payment": payment,
    }


PEOPLE = [_member(1, "Asha"), _member(2, "Ben"), _member(3, "Chen")]
ALL_PEOPLE = [*PEOPLE, _member(4, "Dina", active=False)]
BY_OWNER = {"user_id": OWNER, "name": "Owner"}


def _event(status: str, version: int, seq: int, **fields: Json) -> Json:
    usual = {"id": EVENT, "name": "Goa trip", "kind": "trip", "currency": "INR", "simplify": True, "status": status}
    return {
        **usual,
        "settle_by": None,
        "edit_by": "anyone",
        "version": version,
        "seq": seq,
        "created_at": AT,
        "members": ALL_PEOPLE,
        "plan": None,
        **fields,
    }


def _amount(member: int, amount: str) -> Json:
    return {"member": member, "amount": amount}


def _expense(version: int, seq: int, total: str, share: str, **fields: Json) -> Json:
    return {
        "id": DINNER,
        "event_id": EVENT,
        "version": version,
        "seq": seq,
        "description": "Dinner",
        "amount": total,
        "currency": "INR",
        "date": "2026-11-20",
        "category": None,
        "notes": None,
        "paid_by": [_amount(1, total)],
        "split": {"type": "equal", "among": [1, 2, 3]},
        "shares": [_amount(1, share), _amount(2, share), _amount(3, share)],
        "inferred": False,
        "import_id": None,
        "created_at": AT,
        "updated_at": AT,
        "created_by": BY_OWNER,
        "deleted": False,
        **fields,
    }


NEW_DINNER = {
    "description": "Dinner",
    "amount": "2400.00",
    "date": "2026-11-20",
    "paid_by": 1,
    "split": {"type": "equal"},
}
RIGHT_DINNER = {**NEW_DINNER, "amount": "2700.00"}
NEW_TAXI = {"description": "Taxi", "amount": "300.00", "date": "2026-11-19", "paid_by": 2}
WRONG_TAXI = {**NEW_TAXI, "amount": "300.001"}
TOO_MANY_DECIMALS = {
    "type": "/problems/money.too_many_decimals",
    "title": "The amount has more decimals than the currency",
    "status": 422,
    "code": "money.too_many_decimals",
    "detail": "300.001 has 3 decimals, INR has 2.",
    "errors": [{"field": "amount", "code": "money.too_many_decimals", "expected": "at most 2", "actual": "3"}],
    "request_id": REQUEST,
}

FIRST = _expense(1, 6, "2400.00", "800.00")
SECOND = _expense(2, 7, "2700.00", "900.00")
DELETED = _expense(3, 8, "2700.00", "900.00", deleted=True)
RESTORED = _expense(4, 9, "2700.00", "900.00")
RIDE = {
    **_expense(1, 10, "300.00", "100.00", paid_by=[_amount(2, "300.00")]),
    "id": TAXI,
    "description": "Taxi",
    "date": "2026-11-19",
}
DIFFERENCE = [
    {"field": "amount", "from": "2400.00", "to": "2700.00"},
    {"field": "paid_by", "from": FIRST["paid_by"], "to": SECOND["paid_by"]},
    {"field": "shares", "from": FIRST["shares"], "to": SECOND["shares"]},
]


def _version(change: str, expense: Json, difference: Json = ()) -> Json:
    told = {"version": expense["version"], "seq": expense["seq"], "at": AT, "by": BY_OWNER, "change": change}
    return {**told, "expense": expense, "diff": list(difference)}


def _position(member: int, *amounts: str) -> Json:
    names = ("paid", "share", "sent", "received", "net")
    return {"member": member, "currency": "INR", **dict(zip(names, amounts, strict=True))}


def _line(seq: int, day: str, description: str, amounts: tuple[str, str, str, str], expense_id: str) -> Json:
    names = ("paid", "share", "amount", "net")
    told = {"seq": seq, "date": day, "kind": "expense", "description": description}
    return {
        **told,
        **dict(zip(names, amounts, strict=True)),
        "expense_id": expense_id,
        "settlement_id": None,
    }


PAID = {
    "id": PAYMENT,
    "event_id": EVENT,
    "seq": 12,
    "from": 2,
    "to": 1,
    "amount": "700.00",
    "currency": "INR",
    "method": "upi",
    "date": "2026-11-21",
    "note": None,
    "rounding": [],
    "import_id": None,
    "created_at": AT,
    "created_by": BY_OWNER,
    "reversed": False,
    "reversed_seq": None,
    "reversed_reason": None,
}
BOUNCED = {**PAID, "reversed": True, "reversed_seq": 13, "reversed_reason": "The transfer bounced"}
RECORDED = {
    "seq": 6,
    "kind": "expense.recorded",
    "command_id": REQUEST[:8] + "-5c00-7000-8000-000000000007",
    "reverses_seq": None,
    "actor": BY_OWNER,
    "at": AT,
    "data": {
        "expense_id": DINNER,
        **{name: FIRST[name] for name in ("version", "description", "amount", "currency", "date", "category", "notes")},
        **{name: FIRST[name] for name in ("paid_by", "split", "shares", "deleted")},
        "event": {
            **{
                name: _event("active", 6, 6)[name]
                for name in ("name", "kind", "currency", "simplify", "settle_by", "edit_by")
            },
            "status": "active",
            "version": 6,
        },
    },
    "transfers": [
        {"debit": 2, "credit": 1, "amount": "800.00", "currency": "INR"},
        {"debit": 3, "credit": 1, "amount": "800.00", "currency": "INR"},
    ],
    "hash": HASH,
}

_E = "/v1/events/{event_id}"
STORY = [
    Step(
        "POST",
        "/v1/events",
        {"name": "Goa trip", "currency": "INR", "members": [{"name": "Asha"}, {"name": "Ben"}, {"name": "Chen"}]},
        201,
        _event("new", 1, 1, kind="other", members=PEOPLE),
    ),
    Step("POST", _E + "/members", {"name": "Dia"}, 201, _member(4, "Dia")),
    Step("PATCH", _E + "/members/{member}", {"name": "Dina"}, 200, _member(4, "Dina")),
    Step("DELETE", _E + "/members/{member}", status=204),
    Step("GET", _E + "/members", answer={"items": ALL_PEOPLE, "next_cursor": None}),
    Step("PATCH", _E, {"kind": "trip"}, 200, _event("new", 5, 5), version=4),
    Step("POST", _E + "/expenses", NEW_DINNER, 201, FIRST),
    Step("PUT", _E + "/expenses/{expense_id}", RIGHT_DINNER, 200, SECOND, version=1),
    Step("DELETE", _E + "/expenses/{expense_id}", status=204, version=2),
    Step("POST", _E + "/expenses/{expense_id}/restore", answer=RESTORED),
    Step("GET", _E + "/expenses/{expense_id}", answer=RESTORED),
    Step(
        "GET",
        _E + "/expenses/{expense_id}/history",
        answer={
            "items": [
                _version("created", FIRST),
                _version("revised", SECOND, DIFFERENCE),
                _version("deleted", DELETED),
                _version("restored", RESTORED),
            ],
            "next_cursor": None,
        },
    ),
    Step(
        "POST",
        _E + "/expenses/batch",
        [NEW_TAXI, WRONG_TAXI],
        200,
        {
            "results": [
                {"status": 201, "expense": RIDE, "replayed": False},
                {"status": 422, "problem": TOO_MANY_DECIMALS},
            ]
        },
    ),
    Step("GET", _E + "/expenses", answer={"items": [RESTORED, RIDE], "next_cursor": None}),
    Step("GET", _E, answer=_event("active", 6, 10)),
    Step("GET", "/v1/events", answer={"items": [_event("active", 6, 10)], "next_cursor": None}),
    Step(
        "GET",
        _E + "/balances",
        answer={
            "event_id": EVENT,
            "seq": 10,
            "balances": [show_payment(2, 1, "800.00"), show_payment(3, 1, "900.00"), show_payment(3, 2, "100.00")],
        },
    ),
    Step(
        "GET",
        _E + "/positions",
        answer={
            "event_id": EVENT,
            "seq": 10,
            "positions": [
                _position(1, "2700.00", "1000.00", "0.00", "0.00", "1700.00"),
                _position(2, "300.00", "1000.00", "0.00", "0.00", "-700.00"),
                _position(3, "0.00", "1000.00", "0.00", "0.00", "-1000.00"),
                _position(4, "0.00", "0.00", "0.00", "0.00", "0.00"),
            ],
        },
    ),
    Step("GET", _E + "/plan", answer={"event_id": EVENT, "seq": 10, **PLANNED}),
    Step("GET", _E + "/plan/explain", query=(("from", 3), ("to", 1)), answer=EXPLAINED),
    Step("POST", "/v1/plans", NAMED_NETS, answer=NAMED_PLAN),
    Step(
        "GET",
        _E + "/statement",
        query=(("member", 2),),
        answer={
            "member": 2,
            "currency": "INR",
            "seq": 10,
            "lines": [
                _line(10, "2026-11-19", "Taxi", ("300.00", "100.00", "200.00", "200.00"), TAXI),
                _line(9, "2026-11-20", "Dinner", ("0.00", "900.00", "-900.00", "-700.00"), DINNER),
            ],
            "net": "-700.00",
            "next_cursor": None,
        },
    ),
    Step("PUT", _E + "/settle", {"strategy": "fewest"}, 200, _event("settlement", 7, 11, plan={"seq": 10, **PLANNED})),
    Step(
        "POST",
        _E + "/settlements",
        {"from": 2, "to": 1, "amount": "700.00", "method": "upi", "date": "2026-11-21"},
        201,
        PAID,
    ),
    Step("GET", _E + "/settlements/{settlement_id}", answer=PAID),
    Step("GET", _E + "/settlements", answer={"items": [PAID], "next_cursor": None}),
    Step("POST", _E + "/settlements/{settlement_id}/reverse", {"reason": "The transfer bounced"}, 201, BOUNCED),
    Step("POST", _E + "/reopen", answer=_event("active", 8, 14)),
    Step("PUT", _E + "/settle"),
    Step("POST", _E + "/settlements", {"from": 2, "to": 1, "amount": "700.00"}, 201),
    Step("POST", _E + "/settlements", {"from": 3, "to": 1, "amount": "1000.00"}, 201),
    Step("POST", _E + "/archive", answer=_event("archived", 11, 18)),
    Step(
        "GET",
        _E + "/journal",
        query=(("after", 5), ("limit", 1)),
        answer={"items": [RECORDED], "next_cursor": "6"},
    ),
    Step("GET", "/healthz", answer={"status": "ok"}),
    Step("GET", "/readyz", answer={"status": "ready"}),
]
"""In the order in which it happens; the first step of an operation is its example."""

SPLITS = {
    "equal": ("Everybody the same", {**NEW_DINNER, "split": {"type": "equal", "among": [1, 2, 3]}}),
    "exact": (
        "Each one an amount; they sum to the total",
        {**NEW_DINNER, "split": {"type": "exact", "shares": [_amount(1, "1000.00"), _amount(2, "1400.00")]}},
    ),
    "percentage": (
        "Each one a percentage; they sum to 100",
        {
            **NEW_DINNER,
            "split": {
                "type": "percentage",
                "shares": [{"member": 1, "percent": "70"}, {"member": 2, "percent": "30"}],
            },
        },
    ),
    "shares": (
        "Each one by weight",
        {
            **NEW_DINNER,
            "split": {"type": "shares", "shares": [{"member": 1, "weight": "2"}, {"member": 2, "weight": "1"}]},
        },
    ),
    "adjustment": (
        "Equally, but 300.00 more for one",
        {
            **NEW_DINNER,
            "split": {"type": "adjustment", "among": [1, 2, 3], "adjustments": [_amount(1, "300.00")]},
        },
    ),
    "itemized": (
        "By the lines of the bill; tax, tip and discount follow what each one's items cost",
        {
            **NEW_DINNER,
            "split": {
                "type": "itemized",
                "items": [
                    {"name": "Thali", "amount": "1500.00", "among": [1, 2, 3]},
                    {"name": "Wine", "amount": "600.00", "among": [1, 2]},
                ],
                "tax": "200.00",
                "tip": "150.00",
                "discount": "50.00",
            },
        },
    ),
    "payers": (
        "Two paid",
        {**NEW_DINNER, "paid_by": [_amount(1, "2000.00"), _amount(2, "400.00")]},
    ),
    "refund": ("Money back", {**NEW_DINNER, "description": "Refund", "amount": "-300.00"}),
    "currency": ("In another currency than the event's", {**NEW_DINNER, "amount": "5000", "currency": "JPY"}),
}
"""What may be sent as a new expense, by a name: what it shows, and the request."""
