"""The audit is only ever added to, tells networks instead of addresses, and is listed newest first."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from allsquare.features.identity.audit.store import AuditRow, add_audit, list_audit, network_of

NETWORK = "203.0.113.0/24"


@pytest.fixture
async def connection(database_urls) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(database_urls.app_url)
    yield opened
    await opened.close()


async def add(connection, action: str, *, user: UUID | None, actor: UUID | None, **detail) -> None:
    await add_audit(connection, action, user_id=user, actor=actor, network=NETWORK, detail=detail)


async def listed(connection, **asked) -> list[AuditRow]:
    return await list_audit(connection, **{"whose": None, "action": None, "before": None, "limit": 50, **asked})


async def test_what_was_added_is_listed_as_it_was(connection) -> None:
    user, actor = uuid4(), uuid4()
    detail = {"role": "admin", "by_mail": False, "uses": 3, "former": None, "name": 'Ü "quoted"'}
    await add(connection, "user.role_changed", user=user, actor=actor, **detail)
    [row] = await listed(connection, whose=user)
    assert (row.action, row.user_id, row.actor, row.network) == ("user.role_changed", user, actor, NETWORK)
    assert msgspec.json.decode(row.detail) == detail
    assert row.at.tzinfo is not None
    assert abs((row.at - await connection.fetchval("SELECT now()")).total_seconds()) < 60


async def test_each_sees_what_was_done_to_and_by_them_and_the_owner_everything(connection) -> None:
    asha, ben, action = uuid4(), uuid4(), f"test.{uuid4()}"
    await add(connection, action, user=asha, actor=asha, number=1)
    await add(connection, action, user=asha, actor=ben, number=2)
    await add(connection, action, user=ben, actor=ben, number=3)
    await add(connection, action, user=None, actor=None, number=4)

    async def numbers(whose: UUID | None) -> list[int]:
        rows = await listed(connection, whose=whose, action=action)
        return [msgspec.json.decode(row.detail)["number"] for row in rows]

    assert await numbers(asha) == [2, 1]
    assert await numbers(ben) == [3, 2]
    assert await numbers(uuid4()) == []
    assert await numbers(None) == [4, 3, 2, 1]


async def test_pages_follow_each_other_without_gaps_or_repeats(connection) -> None:
    user = uuid4()
    for number in range(7):
        await add(connection, "test.one" if number % 2 else "test.two", user=user, actor=user, number=number)
    found, before = [], None
    while rows := await listed(connection, whose=user, before=before, limit=3):
        found += [msgspec.json.decode(row.detail)["number"] for row in rows]
        before = rows[-1].audit_id
    assert found == [6, 5, 4, 3, 2, 1, 0]
    ones = await listed(connection, whose=user, action="test.one")
    assert [msgspec.json.decode(row.detail)["number"] for row in ones] == [5, 3, 1]
    assert await listed(connection, whose=user, action="test") == []


@pytest.mark.parametrize("sql", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_application_may_change_or_remove_nothing(connection, sql) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(sql)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("203.0.113.0", "203.0.113.0/24"),
        ("2001:db8:aa:bb:cc:dd:ee:ff", "2001:db8:aa::/48"),
        ("::1", "::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", None),
        ("testclient", None),
        ("203.0.113.77:443", None),
    ],
)
def test_a_network_stands_for_an_address(address, network) -> None:
    assert network_of(address) == network
