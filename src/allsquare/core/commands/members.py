"""Decide members: added, renamed, gone."""

import re
from datetime import datetime
from uuid import UUID

import msgspec

from allsquare.core.commands.base import (
    Accepted,
    Command,
    next_head,
    require_head,
    require_members,
    require_not_archived,
)
from allsquare.core.commands.seats import SeatTwice, require_no_seat
from allsquare.core.entry import (
    WEIGHT_ONE,
    Head,
    MemberChanged,
    MemberLeft,
    MemberRenamed,
    MemberRole,
    MembersAdded,
    MemberSeat,
)
from allsquare.core.errors import Conflict, InvalidInput
from allsquare.core.event import MAX_MEMBERS, EventState, net_positions, today
from allsquare.core.money import exponent, format_amount
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.core.split import MAX_WEIGHT
from allsquare.core.text import MAX_NAME, check_optional_text, check_text

_match_country = re.compile(r"[A-Z]{2}").fullmatch


class MemberNameTaken(Conflict):
    """Two people who take part in one event need different names."""

    code = "member.name_taken"
    title = "The name is taken"


class MemberNameTwice(InvalidInput):
    """One request names two new members alike."""

    code = "member.duplicate_name"
    title = "A name is given twice"


class TooManyMembers(InvalidInput):
    """An event has a largest number of members."""

    code = "member.too_many"
    title = "Too many members"


class MemberNotSquare(Conflict):
    """A member who still owes or is owed cannot leave."""

    code = "member.not_square"
    title = "The member is not square"


class MemberGone(Conflict):
    """The member has left already."""

    code = "member.gone"
    title = "The member has left already"


class PersonForgotten(Conflict):
    """The person deleted their account and was taken off the event; nobody writes of them there again."""

    code = "member.forgotten"
    title = "The person was forgotten"


class CountryUnknown(InvalidInput):
    """A country is named by two capital letters."""

    code = "member.country_unknown"
    title = "That is no country code"


class LastAdmin(Conflict):
    """Somebody with an account must be able to manage the event."""

    code = "member.last_admin"
    title = "The event needs an admin"


class DirectLedger(Conflict):
    """The people of a direct ledger are what it is found by, so nobody joins or leaves it."""

    code = "event.direct"
    title = "That is a direct ledger"


class WeightOutOfBounds(InvalidInput):
    """A weight is from 0 to the largest that splits take."""

    code = "member.weight"
    title = "The weight cannot be used"


class SeatTerms(msgspec.Struct, frozen=True, omit_defaults=True):
    """How somebody joins: in which role (None: the usual), with whose account, at which weight in ten thousandths."""

    role: MemberRole | None = None
    user_id: UUID | None = None
    weight: int = WEIGHT_ONE


class AddMembers(Command, frozen=True, omit_defaults=True):
    """Let people join an event; `terms` are one for each of them, or none where nothing is special."""

    member_names: tuple[str, ...]
    terms: tuple[SeatTerms, ...] = ()


class ChangeMember(Command, frozen=True, omit_defaults=True):
    """Change a member's name, payment details, role or weight; what is None stays."""

    member: int
    name: str | None = None
    profile: Profile | None = None
    role: MemberRole | None = None
    weight: int | None = None


class RemoveMember(Command, frozen=True):
    """End a member's participation."""

    member: int


def check_names(state: EventState, names: tuple[str, ...], *, field: str) -> dict[int, str]:
    """Give new members their numbers and check their names.

    Ensures: no two active members share a name, whatever their case.
    Raises: MemberNameTaken, MemberNameTwice, TooManyMembers, the errors of text.
    """
    numbered = len(state.members) + len(names)
    if numbered > MAX_MEMBERS:
        detail = f"The event would have {numbered} members, at most {MAX_MEMBERS} are allowed."
        raise TooManyMembers(detail, field=field, expected=f"at most {MAX_MEMBERS}", actual=str(numbered))
    taken = {member.name.casefold() for member in state.members.values() if member.active}
    given: dict[int, str] = {}
    new: set[str] = set()
    for number, name in enumerate(names, len(state.members) + 1):
        given[number] = check_text(name, field=field, limit=MAX_NAME)
        _refuse_taken(taken, given[number], field=field)
        folded = given[number].casefold()
        if folded in new:
            detail = f"The name {given[number]} is given twice. Add something that tells the two apart."
            raise MemberNameTwice(detail, field=field, actual=given[number])
        new.add(folded)
    return given


def _refuse_taken(taken: set[str], name: str, *, field: str) -> None:
    if name.casefold() in taken:
        detail = f"There is a member called {name} already. Add something that tells the two apart."
        raise MemberNameTaken(detail, field=field, actual=name)


def seats_for(
    state: EventState, member_names: tuple[str, ...], terms: tuple[SeatTerms, ...], *, field: str
) -> tuple[dict[int, str], tuple[MemberSeat, ...]]:
    """Give new members their numbers, and check their names, accounts and weights; the first of an event is its admin.

    Raises: what `check_names` raises, SeatTwice, WeightOutOfBounds.
    """
    names = check_names(state, member_names, field=field)
    users: set[UUID] = set()
    seats = []
    for number, seat in zip(names, terms or [SeatTerms()] * len(names), strict=True):
        if seat.user_id is not None:
            require_no_seat(state, seat.user_id)
            if seat.user_id in users:
                detail = "One account is given two seats."
                raise SeatTwice(detail, field=field)
            users.add(seat.user_id)
        usual: MemberRole = "admin" if number == 1 else "member"
        seats.append(MemberSeat(number, seat.role or usual, seat.user_id, check_weight(seat.weight)))
    return names, tuple(seats)


def check_weight(weight: int) -> int:
    """Check a weight, in ten thousandths; raises WeightOutOfBounds."""
    if not 0 <= weight <= MAX_WEIGHT:
        detail = f"The weight is {weight} ten thousandths; 0 to {MAX_WEIGHT} are allowed."
        raise WeightOutOfBounds(detail, field="weight", expected=f"0 to {MAX_WEIGHT}", actual=str(weight))
    return weight


def decide_add_members(state: EventState, command: AddMembers, now: datetime) -> Accepted:
    """Accept new members.

    Raises: EventClosed (archived), DirectLedger, what `seats_for` raises.
    """
    head = require_head(state)
    require_not_archived(head)
    if head.kind == "direct":
        detail = "A direct ledger is between the people it was made for. Create an event to share with more."
        raise DirectLedger(detail, field="kind", expected="an event", actual="direct")
    names, seats = seats_for(state, command.member_names, command.terms, field="name")
    return Accepted(MembersAdded(head=next_head(head), members=seats), today(now), names=names)


def require_not_direct(head: Head) -> None:
    """Refuse to end a direct ledger: there is no other for the same people; raises DirectLedger."""
    if head.kind == "direct":
        detail = "A direct ledger is between the people it was made for, for as long as they have accounts."
        raise DirectLedger(detail, field="kind", expected="an event", actual="direct")


def require_other_admin(state: EventState, member: int) -> None:
    """Refuse to let the last admin go while somebody else with an account is there who could be made one.

    Raises: LastAdmin.
    """
    own = state.members[member]
    if own.role != "admin" or own.user_id is None or not own.active:
        return
    others = [m for m in state.members.values() if m.active and m.user_id is not None and m.member != member]
    if others and not any(other.role == "admin" for other in others):
        detail = f"Member {member} is the last admin of the event. Make somebody else an admin first."
        raise LastAdmin(detail, field="role", expected="another admin", actual=str(member))


def decide_change_member(state: EventState, command: ChangeMember, now: datetime) -> Accepted:
    """Accept another name, role, weight or other payment details of a member; a change of nothing is accepted too.

    Raises: MemberUnknown, PersonForgotten, MemberNameTaken, EventClosed (archived), LastAdmin, WeightOutOfBounds,
        CountryUnknown, CurrencyUnknown, the errors of text.
    """
    head = require_head(state)
    require_not_archived(head)
    require_members(state, (command.member,), field="member", left_allowed=True)
    if state.members[command.member].forgotten:
        detail = f"Member {command.member} deleted their account and was forgotten; that stays as it is."
        raise PersonForgotten(detail, field="member", actual=str(command.member))
    names, profiles = {}, {}
    if command.name is not None:
        names[command.member] = check_text(command.name, field="name", limit=MAX_NAME)
        others = {m.name.casefold() for m in state.members.values() if m.active and m.member != command.member}
        _refuse_taken(others, names[command.member], field="name")
    if command.profile is not None:
        profiles[command.member] = check_profile(command.profile)
    if command.role is not None and command.role != "admin":
        require_other_admin(state, command.member)
    change: MemberRenamed | MemberChanged
    if (command.profile, command.role, command.weight) == (None, None, None):
        change = MemberRenamed(head=next_head(head), member=command.member)
    else:
        weight = None if command.weight is None else check_weight(command.weight)
        change = MemberChanged(head=next_head(head), member=command.member, role=command.role, weight=weight)
    return Accepted(change, today(now), names=names, profiles=profiles)


def check_profile(profile: Profile) -> Profile:
    """Check what a member tells of where their money lies.

    Raises: CountryUnknown, CurrencyUnknown, the errors of text.
    """
    bank, country, currency = profile
    if country is not None and not _match_country(country):
        detail = f"{country[:40]!r} is not a country: two capital letters of ISO 3166 are expected, such as DE."
        raise CountryUnknown(detail, field="payment.country", expected="two capital letters", actual=country[:40])
    if currency is not None:
        exponent(currency, field="payment.currency")
    return Profile(check_optional_text(bank, field="payment.bank", limit=MAX_NAME), country, currency)


def decide_remove_member(state: EventState, command: RemoveMember, now: datetime) -> Accepted:
    """Accept that a member takes part no longer; the history stays.

    Raises: MemberUnknown, MemberGone, DirectLedger, LastAdmin, MemberNotSquare, EventClosed (archived).
    """
    head = require_head(state)
    require_not_archived(head)
    require_not_direct(head)
    require_members(state, (command.member,), field="member", left_allowed=True)
    if not state.members[command.member].active:
        detail = f"Member {command.member} has left already."
        raise MemberGone(detail, field="member", actual=str(command.member))
    require_other_admin(state, command.member)
    if state.positions is None:
        message = "positions were not loaded"
        raise AssertionError(message)
    for currency, nets in net_positions(state.positions).items():
        net = nets.get(command.member, 0)
        if net != 0:
            owing = "is owed" if net > 0 else "owes"
            detail = f"Member {command.member} still {owing} {format_amount(abs(net), currency)} {currency}."
            raise MemberNotSquare(
                detail, field="member", expected=format_amount(0, currency), actual=format_amount(net, currency)
            )
    return Accepted(MemberLeft(head=next_head(head), member=command.member), today(now))
