"""Who may do what in one event, decided by `decide` alone: every command, every role."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from allsquare.core import commands as c
from allsquare.core.access import (
    Actor,
    AdminScopeNeeded,
    NotAllowed,
    ReadOnly,
    guest_id,
    overseer,
    role_in,
    seat_of,
)
from allsquare.core.commands.base import EventNotFound
from allsquare.core.commands.expenses import ExpenseDraft
from allsquare.core.entry import EventCreated, Head, MemberSeat
from allsquare.core.event import EventState, Expense, Member, Settlement, Standing
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.split import Equal, Part

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
EVENT = UUID("0199aa10-5c00-7000-8000-000000000001")
ADMIN, MEMBER, VIEWER, LEFT, MAKER, STRANGER = [UUID(int=number) for number in range(1, 7)]
EXPENSE, PAYMENT = uuid4(), uuid4()
GUEST = 5
"""The member who has no account."""

PEOPLE = {
    "nobody": Actor(STRANGER),
    "left": Actor(LEFT),
    "other event's guest": Actor(guest_id(uuid4(), GUEST), event_id=uuid4(), member=GUEST),
    "token of another event": Actor(ADMIN, event_id=uuid4()),
    "viewer": Actor(VIEWER),
    "guest": Actor(guest_id(EVENT, GUEST), scope="write", event_id=EVENT, member=GUEST),
    "member": Actor(MEMBER),
    "admin": Actor(ADMIN),
    "owner": overseer(STRANGER),
}
DRAFT = ExpenseDraft("Dinner", 30_00, "EUR", (Part(2, 30_00),), Equal())
INVISIBLE = {"nobody", "left", "other event's guest", "token of another event"}


def state(edit_by: str = "anyone") -> EventState:
    """Make an event with an expense that member 2 recorded and paid, and a settlement of members 2 and 1."""
    head = Head("Trip", "trip", "EUR", simplify=True, status="active", version=1, edit_by=edit_by)
    event = EventState(EVENT, head, 7, created_by=MAKER, volume_minor=0)
    seats = (("admin", ADMIN, None), ("member", MEMBER, None), ("viewer", VIEWER, None), ("member", LEFT, 3))
    for number, (role, user_id, left) in enumerate(seats, 1):
        event.members[number] = Member(number, f"Member {number}", role, user_id, 1, left)
    event.members[GUEST] = Member(GUEST, "Guest", "member", None, 1, None)
    content = c.decide(event, c.RecordExpense(EXPENSE, DRAFT), NOW, overseer(MEMBER)).change.now
    event.expenses[EXPENSE] = Expense(EXPENSE, 1, 2, 2, NOW, MEMBER, NOW, deleted=False, content=content)
    event.positions = {(2, "EUR"): Standing()}
    event.all_pairs = True
    payment = c.decide(
        event, c.RecordSettlement(PAYMENT, 2, 1, 5_00, "EUR", allow_overpayment=True), NOW, overseer(MEMBER)
    )
    event.settlements[PAYMENT] = Settlement(PAYMENT, 3, NOW, MEMBER, payment.change.content, None, None)
    return event


EVERYBODY = {"viewer", "guest", "member", "admin", "owner"}
CONTRIBUTORS = EVERYBODY - {"viewer"}
ADMINS = {"admin", "owner"}
TABLE = {
    "ChangeEvent": (c.ChangeEvent(name="Journey"), ADMINS),
    "DeleteEvent": (c.DeleteEvent(1), ADMINS),
    "ArchiveEvent": (c.ArchiveEvent(), ADMINS),
    "SettleEvent": (c.SettleEvent(PlanRequest()), CONTRIBUTORS),
    "ReopenEvent": (c.ReopenEvent(), CONTRIBUTORS),
    "AddMembers": (c.AddMembers(("Zoe",)), CONTRIBUTORS),
    "AddMembers as admin": (c.AddMembers(("Zoe",), (c.SeatTerms("admin"),)), ADMINS),
    "ChangeMember of another": (c.ChangeMember(4, "Zoe"), ADMINS),
    "ChangeMember by the guest": (c.ChangeMember(GUEST, "Zoe"), {*ADMINS, "guest"}),
    "ChangeMember by the viewer": (c.ChangeMember(3, "Zoe"), {*ADMINS, "viewer"}),
    "ChangeMember to a role": (c.ChangeMember(3, role="admin"), ADMINS),
    "ChangeMember of one's own weight": (c.ChangeMember(2, weight=1), ADMINS),
    "RemoveMember of another": (c.RemoveMember(4), ADMINS),
    "RemoveMember by the guest": (c.RemoveMember(GUEST), {*ADMINS, "guest"}),
    "RecordExpense": (c.RecordExpense(uuid4(), DRAFT), CONTRIBUTORS),
    "ReviseExpense": (c.ReviseExpense(EXPENSE, 1, DRAFT), CONTRIBUTORS),
    "DeleteExpense": (c.DeleteExpense(EXPENSE, 1), CONTRIBUTORS),
    "RestoreExpense": (c.RestoreExpense(EXPENSE), CONTRIBUTORS),
    "DeleteExpense that is not there": (c.DeleteExpense(uuid4(), 1), CONTRIBUTORS),
    "RecordSettlement": (c.RecordSettlement(uuid4(), 2, 1, 1, "EUR"), CONTRIBUTORS),
    "ReverseSettlement": (c.ReverseSettlement(PAYMENT, "wrong"), CONTRIBUTORS),
    "ReverseSettlement that is not there": (c.ReverseSettlement(uuid4(), "wrong"), CONTRIBUTORS),
    "RecordImport": (c.RecordImport(uuid4(), "splitwise", "0" * 64, 1), CONTRIBUTORS),
    "UndoImport": (c.UndoImport(uuid4()), CONTRIBUTORS),
    "ClaimMember unasked": (c.ClaimMember(GUEST, STRANGER), {"owner"}),
    "ForgetMember of another": (c.ForgetMember(4), {"owner"}),
    "MergeMembers": (c.MergeMembers(GUEST, 2), ADMINS),
    "ReassignExpense": (c.ReassignExpense(EXPENSE, 2, 1), ADMINS),
}


def refused(event: EventState, command: c.Command, actor: Actor) -> object:
    """Give what a command was refused with for who asked, or None where it was not refused for that."""
    decided = c.decide(event, command, NOW, actor)
    error = decided.error if isinstance(decided, c.Rejected) else None
    return error if isinstance(error, NotAllowed | ReadOnly | AdminScopeNeeded | EventNotFound) else None


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_is_for_those_the_table_says(name, person):
    command, allowed = TABLE[name]
    error = refused(state(), command, PEOPLE[person])
    if person in INVISIBLE:
        assert isinstance(error, EventNotFound)
    else:
        assert (error is None) == (person in allowed), error
        assert error is None or isinstance(error, NotAllowed)


def test_every_command_is_in_the_table():
    named = {type(command) for command, _ in TABLE.values()} | {c.CreateEvent}
    assert named == set(c._DECISIONS)


@pytest.mark.parametrize("name", TABLE)
def test_a_sign_in_that_may_only_look_writes_nothing(name):
    actor = Actor(ADMIN, scope="read")
    assert isinstance(refused(state(), TABLE[name][0], actor), ReadOnly)
    creating = c.decide(EventState(uuid4()), c.CreateEvent("Trip", "trip", "EUR"), NOW, actor)
    assert isinstance(creating.error, ReadOnly)


WHO_MAY_DO_WHAT = {
    "AddMembers as admin",
    "ChangeMember to a role",
    "MergeMembers",
    "ReassignExpense",
}


@pytest.mark.parametrize("name", TABLE)
def test_a_sign_in_that_may_only_record_leaves_who_may_do_what_alone(name):
    error = refused(state(), TABLE[name][0], Actor(ADMIN, scope="write"))
    assert isinstance(error, AdminScopeNeeded) == (name in WHO_MAY_DO_WHAT)


@pytest.mark.parametrize("name", sorted(WHO_MAY_DO_WHAT))
def test_a_guest_by_a_link_for_admins_says_who_may_do_what_among_guests(name):
    event = state()
    event.members[GUEST] = Member(GUEST, "Guest", "admin", None, 1, None)
    event.members[3] = Member(3, "Vi", "viewer", None, 1, None)
    event.members[2] = Member(2, "Max", "member", None, 1, None)
    event.members[1] = Member(1, "Ada", "admin", None, 1, None)
    assert refused(event, TABLE[name][0], PEOPLE["guest"]) is None


OF_ACCOUNTS = {
    "remove": c.RemoveMember(2),
    "demote": c.ChangeMember(1, role="viewer"),
    "raise": c.ChangeMember(3, role="admin"),
    "merge": c.MergeMembers(2, GUEST),
    "merge into": c.MergeMembers(6, 2),
    "reassign": c.ReassignExpense(EXPENSE, 6, 2),
}


@pytest.mark.parametrize("what", OF_ACCOUNTS)
def test_a_guest_by_a_link_for_admins_leaves_the_seats_of_accounts_alone(what):
    event = state()
    event.members[GUEST] = Member(GUEST, "Guest", "admin", None, 1, None)
    event.members[6] = Member(6, "Guest too", "member", None, 1, None)
    assert isinstance(refused(event, OF_ACCOUNTS[what], PEOPLE["guest"]), NotAllowed)
    for command in (c.ChangeMember(2, "Maxim"), c.RemoveMember(6), c.ChangeMember(6, role="admin"), c.RemoveMember(5)):
        assert refused(event, command, PEOPLE["guest"]) is None


def test_a_guest_cannot_begin_an_event_and_a_user_can():
    begin = c.CreateEvent("Trip", "trip", "EUR", ("Ann",), (c.SeatTerms("admin", MEMBER),))
    refusal = c.decide(EventState(uuid4()), begin, NOW, PEOPLE["guest"])
    assert isinstance(refusal.error, NotAllowed)
    accepted = c.decide(EventState(uuid4()), begin, NOW, PEOPLE["member"])
    assert isinstance(accepted.change, EventCreated)
    assert accepted.change.members == (MemberSeat(1, "admin", MEMBER),)


@pytest.mark.parametrize(
    ("edit_by", "allowed"),
    [("anyone", CONTRIBUTORS), ("payer_and_author", {"member", *ADMINS}), ("admins", ADMINS)],
)
@pytest.mark.parametrize("name", ["ReviseExpense", "DeleteExpense", "RestoreExpense", "ReverseSettlement"])
def test_an_event_says_who_may_edit_what_others_recorded(edit_by, allowed, name):
    event = state(edit_by)
    assert {p for p in EVERYBODY if refused(event, TABLE[name][0], PEOPLE[p]) is None} == allowed


def test_who_paid_may_edit_what_another_recorded():
    event = state("payer_and_author")
    found = event.expenses[EXPENSE]
    event.expenses[EXPENSE] = Expense(EXPENSE, 1, 2, 2, NOW, ADMIN, NOW, deleted=False, content=found.content)
    assert refused(event, c.DeleteExpense(EXPENSE, 1), PEOPLE["member"]) is None
    assert refused(event, c.DeleteExpense(EXPENSE, 1), PEOPLE["guest"]) is not None


def test_what_a_guest_recorded_is_theirs_after_they_claim_their_seat():
    event = state("payer_and_author")
    content = event.expenses[EXPENSE].content
    author = guest_id(EVENT, GUEST)
    event.expenses[EXPENSE] = Expense(EXPENSE, 1, 2, 2, NOW, author, NOW, deleted=False, content=content)
    assert refused(event, c.DeleteExpense(EXPENSE, 1), PEOPLE["guest"]) is None
    event.members[GUEST] = Member(GUEST, "Guest", "member", STRANGER, 1, None)
    assert refused(event, c.DeleteExpense(EXPENSE, 1), Actor(STRANGER)) is None
    assert isinstance(refused(event, c.DeleteExpense(EXPENSE, 1), PEOPLE["guest"]), EventNotFound)


def test_who_made_an_event_is_its_admin_while_they_have_no_seat():
    event = state()
    assert role_in(event, Actor(MAKER)) == "admin"
    event.members[6] = Member(6, "Maker", "viewer", MAKER, 8, None)
    assert role_in(event, Actor(MAKER)) == "viewer"
    event.members[6] = Member(6, "Maker", "viewer", MAKER, 8, 9)
    assert role_in(event, Actor(MAKER)) is None


def test_a_link_lets_somebody_take_a_seat_and_nothing_else():
    invited = Actor(STRANGER, invited_as="member")
    assert refused(state(), c.ClaimMember(GUEST, STRANGER), invited) is None
    assert refused(state(), c.ClaimMember(GUEST, VIEWER), invited) is not None
    assert refused(state(), c.ChangeEvent(name="Mine"), invited) is not None
    assert refused(state(), c.AddMembers(("Zoe",), (c.SeatTerms("member", STRANGER),)), invited) is None
    assert refused(state(), c.AddMembers(("Zoe",), (c.SeatTerms("admin", STRANGER),)), invited) is not None
    assert refused(state(), c.AddMembers(("Zoe", "Yan"), (c.SeatTerms("member"),) * 2), invited) is not None


def test_a_guest_is_never_more_than_their_link_offered():
    event = state()
    event.members[GUEST] = Member(GUEST, "Guest", "admin", None, 1, None)
    for ceiling, least in (("viewer", "viewer"), ("member", "member"), ("admin", "admin"), (None, "admin")):
        guest = Actor(guest_id(EVENT, GUEST), event_id=EVENT, member=GUEST, ceiling=ceiling)
        assert role_in(event, guest) == least


def test_who_left_and_came_back_is_whom_they_are_now():
    event = state()
    event.members[6] = Member(6, "Back again", "viewer", LEFT, 8, None)
    assert seat_of(event, LEFT) == 6
    for command in (c.ChangeMember(6, "Back"), c.RemoveMember(6)):
        assert refused(event, command, Actor(LEFT)) is None
    for command in (c.ChangeMember(4, "Back"), c.RemoveMember(4)):
        assert isinstance(refused(event, command, Actor(LEFT)), NotAllowed)


def test_a_merged_member_is_who_they_became():
    event = state()
    event.members[6] = Member(6, "Guest too", "member", None, 1, 7, merged_into=GUEST)
    event.members[GUEST] = Member(GUEST, "Guest", "member", None, 1, 8, merged_into=2)
    assert seat_of(event, guest_id(EVENT, 6)) == 2
    assert seat_of(event, guest_id(EVENT, GUEST)) == 2
    assert role_in(event, PEOPLE["guest"]) is None
