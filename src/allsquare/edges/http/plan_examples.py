"""Give the examples of plans: what the story of `examples.py` comes to, and why."""

from typing import Any

EVENT = "0199aa10-5c00-7000-8000-000000000001"
DINNER = "0199aa10-5c00-7000-8000-000000000002"
TAXI = "0199aa10-5c00-7000-8000-000000000003"
Json = Any
"""What an example holds: it is written out as it is."""


def show_payment(payer: int, payee: int, amount: str) -> Json:
    """Show a payment in the story's currency."""
    return {"from": payer, "to": payee, "amount": amount, "currency": "INR"}


PLANNED = {
    "strategy": "fewest",
    "optimal": True,
    "fewest_possible": 2,
    "payments": [show_payment(2, 1, "700.00"), show_payment(3, 1, "1000.00")],
    "rounding": [],
    "stuck": [],
    "fees": [],
}


def _reason(seq: int, day: str, description: str, amount: str, expense_id: str) -> Json:
    told = {"kind": "expense", "description": description, "amount": amount, "seq": seq, "date": day}
    return {**told, "expense_id": expense_id, "settlement_id": None}


def _debt(debtor: int, creditor: int, amount: str, *because: Json) -> Json:
    return {"from": debtor, "to": creditor, "amount": amount, "because": list(because)}


WHY_DIRECTLY = "900.00 because Chen owes Asha 900.00 for Dinner"
WHY_BY_BEN = "100.00 because Chen owes Ben 100.00 for Taxi and Ben owes Asha 100.00 for Dinner"
EXPLAINED = {
    "event_id": EVENT,
    "seq": 10,
    "strategy": "fewest",
    "payment": show_payment(3, 1, "1000.00"),
    "text": f"Chen pays Asha 1000.00 INR: {WHY_DIRECTLY}; {WHY_BY_BEN}.",
    "pieces": [
        {
            "kind": "chain",
            "amount": "900.00",
            "text": WHY_DIRECTLY + ".",
            "links": [_debt(3, 1, "900.00", _reason(9, "2026-11-20", "Dinner", "900.00", DINNER))],
            "payments": [{"from": 3, "to": 1}],
        },
        {
            "kind": "chain",
            "amount": "100.00",
            "text": WHY_BY_BEN + ".",
            "links": [
                _debt(3, 2, "100.00", _reason(10, "2026-11-19", "Taxi", "100.00", TAXI)),
                _debt(2, 1, "100.00", _reason(9, "2026-11-20", "Dinner", "100.00", DINNER)),
            ],
            "payments": [{"from": 3, "to": 1}],
        },
    ],
    "circles": [
        {
            "kind": "circle",
            "amount": "100.00",
            "text": "100.00 go round and cancel: Asha owes Ben 100.00 for Taxi and Ben owes Asha 100.00 for Dinner.",
            "links": [
                _debt(1, 2, "100.00", _reason(10, "2026-11-19", "Taxi", "100.00", TAXI)),
                _debt(2, 1, "100.00", _reason(9, "2026-11-20", "Dinner", "100.00", DINNER)),
            ],
            "payments": [],
        }
    ],
}
NAMED_NETS = {"currency": "EUR", "nets": {"Ann": "12.50", "Bob": "-12.50"}}
NAMED_PLAN = {
    "currency": "EUR",
    "strategy": "fewest",
    "optimal": True,
    "fewest_possible": 1,
    "payments": [{"from": "Bob", "to": "Ann", "amount": "12.50", "currency": "EUR"}],
    "rounding": [],
    "stuck": [],
    "fees": [],
}
