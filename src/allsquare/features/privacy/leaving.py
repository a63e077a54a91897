"""Take a person off the events they were in: nets and history stay, and somebody goes on managing each event."""

from collections.abc import Sequence
from uuid import UUID

from allsquare.core.access import overseer
from allsquare.core.commands.members import ChangeMember
from allsquare.core.commands.seats import ForgetMember
from allsquare.features.identity.services import Services
from allsquare.features.privacy.reads import Seat, list_heirs
from allsquare.features.privacy.store import forget_guest
from allsquare.features.wire.api import derived_id, new_id


async def leave_events(services: Services, user_id: UUID, seats: Sequence[Seat], *, led: Sequence[UUID]) -> None:
    """Hand over the events that a user led, then take their name off every seat; done again, it does what is left."""
    await _hand_over(services, user_id, led)
    for seat in seats:
        async with services.writing() as connection:
            # They ended when the seat was claimed; what is left of them says which devices the person used.
            await forget_guest(connection, seat.event_id, seat.member)
        named = derived_id("forget", user_id.bytes, seat.event_id.bytes, seat.member.to_bytes(4))
        forget = ForgetMember(seat.member)
        await services.submit_as(overseer(user_id), seat.event_id, forget, command_id=named, keyed=True, final=False)


async def _hand_over(services: Services, user_id: UUID, led: Sequence[UUID]) -> None:
    async with services.reading() as connection:
        heirs = await list_heirs(connection, user_id, led)
    for event_id, member in heirs:
        # Under a new name each time: who it is depends on who is there now, not on an attempt that broke off.
        promote = ChangeMember(member, role="admin")
        await services.submit_as(overseer(user_id), event_id, promote, command_id=new_id(), keyed=False, final=False)
