"""Explanations: every payment is led back to debts, to the last minor unit, and no debt is used twice."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from allsquare.core.settle.amounts import Amount, nets_of
from allsquare.core.settle.calm import amounts_in
from allsquare.core.settle.explain import Link, Piece, explain_payments
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.settle.plans import Basis, plan_payments


def test_a_payment_stands_for_a_chain_of_debts():
    debts = {(1, 2): 60, (2, 3): 60}
    explained = explain_payments([Amount(1, 3, 60)], debts)
    assert explained.of(1, 3) == [Piece("chain", 60, (Link(1, 2, 60, 0), Link(2, 3, 60, 0)), ((1, 3),))]
    assert explained.circles() == []


def test_the_shortest_chains_come_first():
    debts = {(1, 3): 10, (1, 2): 50, (2, 3): 50}
    pieces = explain_payments([Amount(1, 3, 60)], debts).of(1, 3)
    assert [(len(piece.links), piece.amount_minor) for piece in pieces] == [(1, 10), (2, 50)]


def test_debts_that_go_round_cancel_and_are_called_a_circle():
    debts = {(1, 2): 30, (2, 3): 10, (3, 1): 10}
    explained = explain_payments([Amount(1, 2, 20)], debts)
    assert explained.of(1, 2) == [Piece("chain", 20, (Link(1, 2, 20, 0),), ((1, 2),))]
    (circle,) = explained.circles()
    assert (circle.kind, circle.amount_minor, len(circle.links)) == ("circle", 10, 3)
    assert Link(1, 2, 10, 20) in circle.links


def test_payments_that_stand_for_debts_only_together_are_a_swap():
    debts = {(1, 4): 20, (2, 3): 20}
    explained = explain_payments([Amount(1, 3, 20), Amount(2, 4, 20)], debts)
    (piece,) = explained.of(1, 3)
    assert (piece.kind, piece.amount_minor) == ("swap", 20)
    assert set(piece.payments) == {(1, 3), (2, 4)}
    assert {link[:2] for link in piece.links} == {(1, 4), (2, 3)}
    assert explained.of(2, 4) == [piece]


gross = st.dictionaries(
    st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda pair: pair[0] != pair[1]),
    st.integers(1, 400),
    max_size=24,
)


@given(gross, st.sampled_from(["fewest", "hub", "cheapest"]))
def test_pieces_reproduce_every_payment_and_use_each_debt_once(debts, strategy):
    nets = nets_of([(*pair, amount) for pair, amount in debts.items()])
    plan = plan_payments(PlanRequest(strategy=strategy), Basis(nets={"EUR": nets}))
    payments = amounts_in("EUR", plan.payments)
    explained = explain_payments(payments, debts)
    covered, used = Counter(), Counter()
    for piece in explained.pieces:
        covered.update(dict.fromkeys(piece.payments, piece.amount_minor))
        assert len(set(piece.payments)) == len(piece.payments)
        # Debts forwards and payments backwards go round: everybody is left as often as entered.
        flow = Counter()
        for debtor, creditor, amount, start in piece.links:
            assert amount == piece.amount_minor
            assert start == used[debtor, creditor]
            used[debtor, creditor] += amount
            flow.update({debtor: -1, creditor: 1})
        for payer, payee in piece.payments:
            flow.update({payer: 1, payee: -1})
        assert not any(flow.values())
        assert piece.kind == ("circle" if not piece.payments else "chain" if len(piece.payments) == 1 else "swap")
        if piece.kind == "chain":
            ends = [piece.links[0].debtor, *[link.creditor for link in piece.links]]
            assert (ends[0], ends[-1]) == piece.payments[0]
            assert all(a.creditor == b.debtor for a, b in zip(piece.links, piece.links[1:], strict=False))
    assert covered == Counter({payment[:2]: payment.amount_minor for payment in payments})
    assert used == Counter(debts)
