"""Everybody reads in the audit what concerns them; the owner reads all of it."""

from uuid import UUID, uuid4

import pytest

from tests.features.api_client import refused
from tests.features.guest_people import Person, user

SET_ROLE = """
UPDATE "user" SET role = $2 WHERE user_id = $1
"""


def write(running, action: str, whose: UUID | None, actor: UUID | None, **detail) -> None:
    running.run(lambda services: services.audit(action, user_id=whose, actor=actor, address="203.0.113.77", **detail))


def seen(person, action: str) -> list[dict]:
    return person.get("/v1/audit", action=action)["items"]


@pytest.fixture
def action() -> str:
    return f"test.{uuid4()}"


@pytest.fixture
def asha(running, api) -> Person:
    return user(running, api, "Asha")


@pytest.fixture
def ben(running, api) -> Person:
    return user(running, api, "Ben")


def test_a_row_tells_what_was_done_to_whom_by_whom_and_from_where(running, asha, action):
    write(running, action, asha.user_id, asha.user_id, first=True, note=None)
    [row] = seen(asha, action)
    assert row["id"] > 0
    assert row["at"].endswith("Z")
    assert (row["action"], row["network"]) == (action, "203.0.113.0/24")
    assert (row["user_id"], row["actor_id"]) == (str(asha.user_id), str(asha.user_id))
    assert row["detail"] == {"first": True, "note": None}


def test_nobody_but_the_owner_sees_what_concerns_others(running, api, asha, ben, action):
    async def promote(services):
        async with services.reading() as connection:
            await connection.execute(SET_ROLE, ben.user_id, "admin")

    running.run(promote)
    write(running, action, asha.user_id, asha.user_id)
    write(running, action, None, None)
    assert len(seen(asha, action)) == 1
    assert seen(ben, action) == []
    assert len(seen(api, action)) == 2


def test_where_another_person_was_is_told_to_the_owner_alone(running, api, asha, ben, action):
    write(running, action, asha.user_id, ben.user_id)
    write(running, action, asha.user_id, None)
    assert [row["network"] for row in seen(asha, action)] == ["203.0.113.0/24", None]
    assert [row["network"] for row in seen(ben, action)] == ["203.0.113.0/24"]
    assert [row["network"] for row in seen(api, action)] == ["203.0.113.0/24", "203.0.113.0/24"]


def test_pages_are_newest_first_and_follow_each_other(running, asha, action):
    for number in range(5):
        write(running, action, asha.user_id, asha.user_id, number=number)
    found, cursor = [], {}
    for size in (2, 2, 1):
        page = asha.get("/v1/audit", limit=2, **cursor)
        assert len(page["items"]) == size
        found += [row["detail"]["number"] for row in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert (found, cursor) == ([4, 3, 2, 1, 0], {"cursor": None})


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_of_a_narrow_scope_reads_none_of_it(running, api, scope):
    refused(user(running, api, "Chen", scope=scope).send("GET", "/v1/audit"), 403, "access.scope")


def test_what_is_not_a_cursor_or_an_action_is_refused(asha):
    refused(asha.send("GET", "/v1/audit?cursor=x"), 422, "page.cursor_invalid", field="cursor")
    refused(asha.send("GET", "/v1/audit?action=a%00b"), 422, "validation.failed", field="action")
    refused(asha.send("GET", "/v1/audit?action=" + "x" * 101), 422, "validation.failed", field="action")
    refused(Person(asha, None).send("GET", "/v1/audit"), 401, "http.unauthenticated")
