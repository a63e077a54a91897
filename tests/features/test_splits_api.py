"""The six splits over HTTP, in and out, with the shares worked out by hand."""

import pytest

from tests.features.api_client import dinner

WINE = {"name": "Wine", "amount": "30.00", "among": [1, 2]}
BREAD = {"name": "Bread", "amount": "6.00", "among": [1, 2, 3]}


def part(member, amount):
    return {"member": member, "amount": amount}


# Each row: the total, the split as sent, the split as answered, the shares in listed order.
SPLITS = {
    "equal among all, the odd cent at index 3333 mod 3 = 0": (
        "100.00",
        {"type": "equal"},
        {"type": "equal", "among": [1, 2, 3]},
        [(1, "33.34"), (2, "33.33"), (3, "33.33")],
    ),
    "equal, two odd cents from index 0 on": (
        "100.01",
        {"type": "equal", "among": [3, 1, 2]},
        {"type": "equal", "among": [3, 1, 2]},
        [(3, "33.34"), (1, "33.34"), (2, "33.33")],
    ),
    "equal, the odd cent at index 3334 mod 3 = 1": (
        "100.03",
        {"type": "equal", "among": []},
        {"type": "equal", "among": [1, 2, 3]},
        [(1, "33.34"), (2, "33.35"), (3, "33.34")],
    ),
    "equal, one cent between two": (
        "0.01",
        {"type": "equal", "among": [2, 1]},
        {"type": "equal", "among": [2, 1]},
        [(2, "0.01"), (1, "0.00")],
    ),
    "exact": (
        "30.00",
        {"type": "exact", "shares": [part(1, "10"), part(2, 19.5), part(3, "0.50")]},
        {"type": "exact", "shares": [part(1, "10.00"), part(2, "19.50"), part(3, "0.50")]},
        [(1, "10.00"), (2, "19.50"), (3, "0.50")],
    ),
    "exact, with a share of nothing": (
        "30.00",
        {"type": "exact", "shares": [part(2, "30.00"), part(3, "0")]},
        {"type": "exact", "shares": [part(2, "30.00"), part(3, "0.00")]},
        [(2, "30.00"), (3, "0.00")],
    ),
    "percentage": (
        "10.00",
        {"type": "percentage", "shares": [{"member": 1, "percent": "70"}, {"member": 2, "percent": 30}]},
        {"type": "percentage", "shares": [{"member": 1, "percent": "70"}, {"member": 2, "percent": "30"}]},
        [(1, "7.00"), (2, "3.00")],
    ),
    "percentage, 33.33 and 33.34 of 10.00 by largest remainder": (
        "10.00",
        {
            "type": "percentage",
            "shares": [
                {"member": 1, "percent": "33.33"},
                {"member": 2, "percent": 33.33},
                {"member": 3, "percent": "33.34"},
            ],
        },
        {
            "type": "percentage",
            "shares": [
                {"member": 1, "percent": "33.33"},
                {"member": 2, "percent": "33.33"},
                {"member": 3, "percent": "33.34"},
            ],
        },
        # 333.3, 333.3 and 333.4 cents: the odd cent goes to the largest remainder.
        [(1, "3.33"), (2, "3.33"), (3, "3.34")],
    ),
    "shares, 2 to 1": (
        "30.00",
        {"type": "shares", "shares": [{"member": 1, "weight": "2"}, {"member": 2, "weight": 1}]},
        {"type": "shares", "shares": [{"member": 1, "weight": "2"}, {"member": 2, "weight": "1"}]},
        [(1, "20.00"), (2, "10.00")],
    ),
    "shares with decimals and a zero": (
        "10.00",
        {
            "type": "shares",
            "shares": [
                {"member": 1, "weight": "1.5"},
                {"member": 2, "weight": "0"},
                {"member": 3, "weight": "0.0001"},
            ],
        },
        {
            "type": "shares",
            "shares": [
                {"member": 1, "weight": "1.5"},
                {"member": 2, "weight": "0"},
                {"member": 3, "weight": "0.0001"},
            ],
        },
        # 15000 to 1 of 1000 cents: 999.93 and 0.07.
        [(1, "10.00"), (2, "0.00"), (3, "0.00")],
    ),
    "adjustment, 5.00 more for one": (
        "35.00",
        {"type": "adjustment", "among": [1, 2, 3], "adjustments": [part(1, "5.00")]},
        {"type": "adjustment", "among": [1, 2, 3], "adjustments": [part(1, "5.00")]},
        [(1, "15.00"), (2, "10.00"), (3, "10.00")],
    ),
    "adjustment, less for one, among all": (
        "30.00",
        {"type": "adjustment", "adjustments": [part(3, "-6.00")]},
        {"type": "adjustment", "among": [1, 2, 3], "adjustments": [part(3, "-6.00")]},
        [(1, "12.00"), (2, "12.00"), (3, "6.00")],
    ),
    "adjustment without any": (
        "30.00",
        {"type": "adjustment"},
        {"type": "adjustment", "among": [1, 2, 3], "adjustments": []},
        [(1, "10.00"), (2, "10.00"), (3, "10.00")],
    ),
    "itemized, with tax and tip less a discount in proportion": (
        "54.00",
        {"type": "itemized", "items": [WINE, BREAD], "tax": "9.00", "tip": "18", "discount": 9},
        {"type": "itemized", "items": [WINE, BREAD], "tax": "9.00", "tip": "18.00", "discount": "9.00"},
        # Items cost 17.00, 17.00 and 2.00 of 36.00; 54.00 is one and a half times that.
        [(1, "25.50"), (2, "25.50"), (3, "3.00")],
    ),
    "itemized, of one item": (
        "6.00",
        {"type": "itemized", "items": [BREAD]},
        {"type": "itemized", "items": [BREAD], "tax": "0.00", "tip": "0.00", "discount": "0.00"},
        [(1, "2.00"), (2, "2.00"), (3, "2.00")],
    ),
    "a refund, exact": (
        "-30.00",
        {"type": "exact", "shares": [part(1, "-10.00"), part(2, "-20.00")]},
        {"type": "exact", "shares": [part(1, "-10.00"), part(2, "-20.00")]},
        [(1, "-10.00"), (2, "-20.00")],
    ),
    "a refund, by percentage": (
        "-10.00",
        {"type": "percentage", "shares": [{"member": 1, "percent": "70"}, {"member": 2, "percent": "30"}]},
        {"type": "percentage", "shares": [{"member": 1, "percent": "70"}, {"member": 2, "percent": "30"}]},
        [(1, "-7.00"), (2, "-3.00")],
    ),
}


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_comes_back_as_it_was_sent_with_the_shares_it_came_to(api, name):
    total, sent, answered, shares = SPLITS[name]
    event = api.event()
    expense = api.expense(event, total, split=sent)
    assert expense["split"] == answered
    assert expense["shares"] == [part(member, amount) for member, amount in shares]
    assert api.get(f"{event}/expenses/{expense['id']}") == expense
    assert sum(cents(amount) for _, amount in shares) == cents(total)


@pytest.mark.parametrize("name", SPLITS)
def test_an_answered_split_can_be_sent_again_as_it_is(api, name):
    total, sent, _, _ = SPLITS[name]
    event = api.event()
    first = api.expense(event, total, split=sent)
    again = dinner(amount=first["amount"], paid_by=first["paid_by"], split=first["split"], date=first["date"])
    revised = api.do("PUT", f"{event}/expenses/{first['id']}", again, version=1)
    assert (revised["split"], revised["shares"]) == (first["split"], first["shares"])


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_moves_each_net_by_what_was_paid_less_the_share(api, name):
    total, sent, _, shares = SPLITS[name]
    event = api.event()
    api.expense(event, total, paid_by=1, split=sent)
    expected = dict.fromkeys((1, 2, 3), 0)
    for member, amount in shares:
        expected[member] -= cents(amount)
    expected[1] += cents(total)
    assert {member: cents(net) for member, net in api.nets(event).items()} == expected


def test_a_thousand_may_take_part_in_one_expense(api):
    event = api.event([f"Member {number}" for number in range(1, 1001)])
    expense = api.expense(event, "10.01", 1000)
    # 1001 cents among 1000: one each, and the odd one goes to index 1 mod 1000 = 1, which is member 2.
    assert [share["amount"] for share in expense["shares"]] == ["0.01", "0.02", *["0.01"] * 998]
    assert api.nets(event)[1000] == "10.00"


def cents(amount):
    return int(amount.replace(".", ""))
