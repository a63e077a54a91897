"""Read from a query what is asked of a plan."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from allsquare.core.settle.plans import STEPS_PER_MS
from allsquare.features.events.currency import currency_of
from allsquare.features.events.settling import (
    LOCKED_TEXT,
    PAIRS_TEXT,
    ROUND_TO_TEXT,
    STRATEGY_TEXT,
    LockedIn,
    SettleIn,
    request_of,
)
from allsquare.features.identity.call import Call
from allsquare.features.plans.making import Made, make_plan

PairText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}$")]
LockedText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}:[0-9]{1,17}(\.[0-9]{1,4})?(:[A-Z]{3})?$")]


class Asked:
    """What a query asks of a plan; nothing of it needs to be said."""

    def __init__(
        self,
        strategy: Annotated[str | None, Query(min_length=1, max_length=40, description=STRATEGY_TEXT)] = None,
        hub: Annotated[int | None, Query(ge=1, le=1_000_000, description="With whom everybody settles.")] = None,
        round_to: Annotated[
            str | None, Query(max_length=40, pattern=r"^[0-9]+(\.[0-9]+)?$", description=ROUND_TO_TEXT)
        ] = None,
        pairs: Annotated[list[PairText] | None, Query(max_length=1_000, description=f"{PAIRS_TEXT} As 1-2.")] = None,
        locked: Annotated[
            list[LockedText] | None,
            Query(max_length=1_000, description=f"{LOCKED_TEXT} As FROM-TO:AMOUNT or FROM-TO:AMOUNT:CURRENCY."),
        ] = None,
        budget_ms: Annotated[
            int, Query(ge=1, le=1_000, description="How long to look for a better plan, counted as work.")
        ] = 200,
    ) -> None:
        """Keep what was asked."""
        self.body = SettleIn(
            strategy=strategy,
            hub=hub,
            round_to=round_to,
            pairs=None if pairs is None else [[int(person) for person in pair.split("-")] for pair in pairs],
            locked=[_locked(text) for text in locked or ()],
        )
        self.steps = budget_ms * STEPS_PER_MS

    async def make(self, call: Call, event_id: UUID) -> Made:
        """Make the plan that is asked for."""
        asked = request_of(self.body, await currency_of(call, event_id))
        return await make_plan(call.services.pool, event_id, asked, steps=self.steps, run=call.services.aside.run)


def _locked(text: str) -> LockedIn:
    pair, amount, *currency = text.split(":")
    payer, payee = map(int, pair.split("-"))
    return LockedIn.model_validate(
        {"from": payer, "to": payee, "amount": amount, "currency": currency[0] if currency else None}
    )


PlanAsked = Annotated[Asked, Depends()]
