"""Write down and list what was done to accounts."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

Detail = Mapping[str, str | int | bool | None]


class AuditRow(msgspec.Struct, frozen=True):
    """One line: what was done, whose account it was, who did it, from which network."""

    audit_id: int
    at: datetime
    action: str
    user_id: UUID | None
    actor: UUID | None
    network: str | None
    detail: str


def network_of(address: str) -> str | None:
    """Give the network of an address, /24 or /48: enough to see a stranger, too little to follow a person."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((int(parsed), 48), strict=False))
        parsed = parsed.ipv4_mapped
    return str(ipaddress.IPv4Network((parsed, 24), strict=False))


ADD_AUDIT = """
INSERT INTO audit (action, user_id, actor, network, detail) VALUES ($1, $2, $3, $4, $5::text::json)
"""


async def add_audit(
    connection: asyncpg.Connection,
    action: str,
    *,
    user_id: UUID | None,
    actor: UUID | None,
    network: str | None,
    detail: Detail,
) -> None:
    """Add one line; `detail` never holds personal data."""
    await connection.execute(ADD_AUDIT, action, user_id, actor, network, msgspec.json.encode(detail).decode())


LIST_AUDIT = """
SELECT audit_id, at, action, user_id, actor, network, detail::text AS detail
FROM audit
WHERE ($1::uuid IS NULL OR user_id = $1 OR actor = $1) AND ($2::text IS NULL OR action = $2)
  AND ($3::bigint IS NULL OR audit_id < $3)
ORDER BY audit_id DESC LIMIT $4
"""


async def list_audit(
    connection: asyncpg.Connection, *, whose: UUID | None, action: str | None, before: int | None, limit: int
) -> list[AuditRow]:
    """List what was done, newest first: to everybody, or to and by one user."""
    return [AuditRow(*row) for row in await connection.fetch(LIST_AUDIT, whose, action, before, limit)]
