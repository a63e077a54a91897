"""The frozen groups: sixty of many kinds, with the best counts known, which no change may make worse."""

import json
from pathlib import Path

import pytest

from allsquare.core.settle.amounts import nets_of
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.settle.plans import Basis, plan_payments

GROUPS = json.loads((Path(__file__).parent / "data" / "settle_groups.json").read_text())
SMALL = 20


@pytest.fixture(scope="module")
def plans():
    """Plan for each group once, within the usual budget."""
    return {
        group["id"]: plan_payments(
            PlanRequest(strategy="fewest"), Basis(nets={"EUR": dict(enumerate(group["nets"], 1))})
        )
        for group in GROUPS
    }


def test_every_group_is_settled_exactly(plans):
    for group in GROUPS:
        nets = {person: net for person, net in enumerate(group["nets"], 1) if net}
        amounts = [(each.payer, each.payee, each.amount_minor) for each in plans[group["id"]].payments]
        assert nets_of(amounts) == nets, group["id"]
        assert len({pair[:2] for pair in amounts}) == len(amounts)


def test_groups_of_up_to_twenty_are_proven_to_be_at_the_optimum(plans):
    small = [group for group in GROUPS if len(group["nets"]) <= SMALL]
    assert len(small) == 27
    for group in small:
        plan = plans[group["id"]]
        assert (len(plan.payments), plan.optimal) == (group["best"], True), group["id"]


def test_all_groups_together_are_within_a_hundredth_of_the_best_known(plans):
    ours = sum(len(plan.payments) for plan in plans.values())
    best = sum(group["best"] for group in GROUPS)
    assert 100 * ours <= 101 * best, (ours, best)


def test_no_bound_is_above_what_is_known_to_be_possible(plans):
    for group in GROUPS:
        assert plans[group["id"]].fewest_possible <= group["best"], group["id"]
