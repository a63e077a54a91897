"""Serve the accounts of others to those who run this instance."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from allsquare.core.errors import Conflict
from allsquare.features.identity.accounts.contacts import show_account
from allsquare.features.identity.accounts.finding import email_index_of
from allsquare.features.identity.accounts.schemas import RolePatch, UserOut, UserPage
from allsquare.features.identity.accounts.store import (
    Account,
    change_role,
    get_account,
    list_accounts,
    no_such_user,
)
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.identity.caller import Caller, require_instance_admin, require_owner, require_user
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    WRITE,
    Cursor,
    Limit,
    Moment,
    Response,
    decode_cursor,
    json_response,
    page,
    routes,
)
from allsquare.features.wire.fields import Words

router = routes("/users", "accounts")
NOT_KEPT = {"Cache-Control": "no-store"}


class OwnerStays(Conflict):
    """The owner has no other role."""

    code = "user.owner_stays"
    title = "The owner stays the owner"


@router.get("", response_model=UserPage, responses=READ)
async def get_users(
    call: CallContext,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    search: Annotated[Words | None, Query(description="Part of the name, or the whole e-mail address.")] = None,
) -> Response:
    """List the accounts of this instance, newest first."""
    require_instance_admin(call.caller)
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    vault = call.services.vault
    index = email_index_of(vault, search) if search else None
    async with call.reading() as connection:
        rows = await list_accounts(connection, before=before, search=search or None, email_index=index, limit=limit + 1)
    items = [show_account(vault, row) for row in rows]
    last = rows[limit - 1] if len(rows) > limit else None
    key = (last.created_at, last.user_id) if last else ()
    return json_response(page(items, limit=limit, key_of_last=key), headers=NOT_KEPT)


@router.get("/{user_id}", response_model=UserOut, responses=READ)
async def get_user(user_id: UUID, call: CallContext) -> Response:
    """Show an account: your own, or, if you run this instance, any."""
    require_user(call.caller, "read")
    _require_in_view(call.caller, user_id)
    if user_id != call.caller.user_id:
        require_instance_admin(call.caller)
    account = await _account(call, user_id)
    return json_response(show_account(call.services.vault, account), headers=NOT_KEPT)


@router.patch("/{user_id}", response_model=UserOut, responses=WRITE)
async def change_user(user_id: UUID, body: RolePatch, call: CallContext) -> Response:
    """Make somebody an admin of this instance, or a user again; for the owner alone."""
    require_user(call.caller)
    _require_in_view(call.caller, user_id)
    require_owner(call.caller)
    former = await _account(call, user_id)
    if former.role == "owner":
        detail = "The owner stays the owner."
        raise OwnerStays(detail, field="role", expected="another user", actual="owner")
    if former.role != body.role:
        async with call.writing() as connection:
            if not await change_role(connection, user_id, body.role):
                raise no_such_user(user_id)
        call.services.forget_caller()
        await call.audit("user.role_changed", user_id=user_id, role=body.role, former=former.role)
    account = await _account(call, user_id)
    return json_response(show_account(call.services.vault, account), headers=NOT_KEPT)


def _require_in_view(caller: Caller, user_id: UUID) -> None:
    """Hide all accounts but one's own from those who do not run this instance; raises UserNotFound."""
    if user_id != caller.user_id and caller.role not in {"owner", "admin"}:
        raise no_such_user(user_id)


async def _account(call: Call, user_id: UUID) -> Account:
    async with call.reading() as connection:
        return await get_account(connection, user_id)
