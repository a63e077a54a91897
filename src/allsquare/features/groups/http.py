"""Serve groups and their members over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from allsquare.core.text import MAX_NAME, check_text
from allsquare.features.groups import store
from allsquare.features.groups.access import require_group_role, require_other_group_admin
from allsquare.features.groups.changing import (
    check_currency,
    find_repeated,
    get_group,
    holding,
    require_version,
)
from allsquare.features.groups.members import (
    member_of,
    new_members,
    read_weight,
    refuse_name,
    require_known,
    with_changes,
)
from allsquare.features.groups.schemas import (
    GroupIn,
    GroupMemberIn,
    GroupMemberOut,
    GroupMemberPatch,
    GroupOut,
    GroupPage,
    GroupPatch,
)
from allsquare.features.groups.store import Group, GroupMember
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.identity.caller import require_user
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    EDIT,
    READ,
    WRITE,
    Cursor,
    JsonObject,
    Limit,
    Moment,
    Response,
    decode_cursor,
    derived_id,
    json_response,
    new_id,
    page,
    routes,
)
from allsquare.features.wire.decimals import show_decimal
from allsquare.features.wire.fields import Words

router = routes("/groups", "groups")
REPLAYED = {"Idempotency-Replayed": "true"}


@router.post("", status_code=201, response_model=GroupOut, responses=WRITE)
async def create_group(body: GroupIn, call: CallContext) -> Response:
    """Create a group; you are its first member and admin."""
    require_user(call.caller, "write")
    command_id, keyed = call.command_id()
    group_id = derived_id("group", command_id.bytes) if keyed else new_id()
    name = check_text(body.name, field="name", limit=MAX_NAME)
    own = GroupMember(group_id, 1, call.caller.user_id, call.caller.name, "admin", 10_000, active=True)
    members = [own, *new_members(group_id, [own], body.members, field="members")]
    check_currency(body.currency)
    async with call.writing() as connection:
        repeated = await find_repeated(connection, call, "group", body, member=own.member)
        if repeated is None:
            await require_known(connection, call.caller, members)
            await store.add_group(
                connection, group_id, name=name, currency=body.currency, created_by=call.caller.user_id
            )
            await store.add_group_members(connection, group_id, members)
    headers = {"Location": f"/v1/groups/{group_id}", **({} if repeated is None else REPLAYED)}
    return await _answer(call, group_id, status=201, headers=headers)


@router.get("", response_model=GroupPage, responses=READ)
async def get_groups(
    call: CallContext,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    search: Annotated[Words | None, Query(description="Part of the name.")] = None,
) -> Response:
    """List the groups you are in, newest first."""
    require_user(call.caller, "read")
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    whose = None if call.caller.role == "owner" else call.caller.user_id
    async with call.reading() as connection:
        found = await store.list_groups(connection, whose=whose, before=before, search=search, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    key: tuple[datetime, UUID] | tuple[()] = (last.created_at, last.group_id) if last else ()
    return json_response(page([_show(group) for group in found], limit=limit, key_of_last=key))


@router.get("/{group_id}", response_model=GroupOut, responses=READ)
async def get_one_group(group_id: UUID, call: CallContext) -> Response:
    """Get a group, its members included."""
    require_user(call.caller, "read")
    return await _answer(call, group_id)


@router.patch("/{group_id}", response_model=GroupOut, responses=WRITE)
async def patch_group(group_id: UUID, body: GroupPatch, call: CallContext) -> Response:
    """Rename a group, or change its currency; events that copied it stay as they are. If-Match is honoured."""
    require_user(call.caller, "write")
    async with holding(call, group_id) as (connection, group):
        require_group_role(group, call.caller, "admin")
        require_version(group, call.seen_version(required=False))
        name = group.name if body.name is None else check_text(body.name, field="name", limit=MAX_NAME)
        check_currency(body.currency)
        currency = body.currency if "currency" in body.model_fields_set else group.currency
        await store.change_group(connection, group_id, name=name, currency=currency)
    return await _answer(call, group_id)


@router.delete("/{group_id}", status_code=204, response_class=Response, responses=EDIT)
async def delete_group(group_id: UUID, call: CallContext) -> Response:
    """Delete a group; events that copied it stay as they are."""
    require_user(call.caller, "write")
    async with holding(call, group_id) as (connection, group):
        require_group_role(group, call.caller, "admin")
        require_version(group, call.seen_version())
        await store.delete_group(connection, group_id)
    return Response(status_code=204)


@router.post("/{group_id}/members", status_code=201, response_model=GroupMemberOut, responses=WRITE)
async def add_group_member(group_id: UUID, body: GroupMemberIn, call: CallContext) -> Response:
    """Let somebody join a group, with or without an account."""
    require_user(call.caller, "write")
    async with holding(call, group_id) as (connection, group):
        require_group_role(group, call.caller, "admin" if body.role != "member" or body.user_id else "member")
        number = len(group.members) + 1
        repeated = await find_repeated(connection, call, f"member of {group_id}", body, member=number)
        if repeated is None:
            [member] = new_members(group_id, group.members, [body], field="name")
            await require_known(connection, call.caller, [member])
            await store.add_group_members(connection, group_id, [member])
            await store.count_group_up(connection, group_id)
        else:
            member = group.members[repeated - 1]
    headers = {"Location": f"/v1/groups/{group_id}/members/{member.member}", **({} if repeated is None else REPLAYED)}
    return json_response(_show_member(member), status=201, headers=headers)


@router.patch("/{group_id}/members/{member}", response_model=GroupMemberOut, responses=WRITE)
async def change_group_member(group_id: UUID, member: int, body: GroupMemberPatch, call: CallContext) -> Response:
    """Change a member's name, role or weight; one's own name is anybody's to change."""
    require_user(call.caller, "write")
    async with holding(call, group_id) as (connection, group):
        own = member if (body.role, body.weight) == (None, None) else None
        require_group_role(group, call.caller, "admin", own=own)
        found = member_of(group, member)
        name = found.name if body.name is None else check_text(body.name, field="name", limit=MAX_NAME)
        refuse_name(group.members, name, field="name", but=member)
        if body.role is not None and body.role != "admin":
            require_other_group_admin(group, found)
        weight = found.weight if body.weight is None else read_weight(body.weight)
        changed = with_changes(found, name=name, role=body.role or found.role, weight=weight)
        await store.change_group_member(connection, changed)
    return json_response(_show_member(changed))


@router.delete("/{group_id}/members/{member}", status_code=204, response_class=Response, responses=WRITE)
async def remove_group_member(group_id: UUID, member: int, call: CallContext) -> Response:
    """Remove a member from a group, or leave it yourself."""
    require_user(call.caller, "write")
    async with holding(call, group_id) as (connection, group):
        require_group_role(group, call.caller, "admin", own=member)
        found = member_of(group, member)
        require_other_group_admin(group, found)
        await store.change_group_member(connection, with_changes(found, active=False))
    return Response(status_code=204)


async def _answer(call: Call, group_id: UUID, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    async with call.reading() as connection:
        group = await get_group(connection, call, group_id)
    return json_response(_show(group), status=status, headers={"ETag": f'"{group.version}"', **(headers or {})})


def _show(group: Group) -> JsonObject:
    return {
        "id": group.group_id,
        "name": group.name,
        "currency": group.currency,
        "version": group.version,
        "created_at": group.created_at,
        "members": [_show_member(member) for member in group.members],
    }


def _show_member(member: GroupMember) -> JsonObject:
    return {
        "member": member.member,
        "name": member.name,
        "role": member.role,
        "weight": show_decimal(member.weight, 4),
        "user_id": member.user_id,
        "active": member.active,
    }
