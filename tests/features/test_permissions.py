"""Every operation of the OpenAPI document, tried by every role, is what docs/guides/permissions.md says it is."""

import re
from pathlib import Path

import httpx2
import pytest

from tests.features.api_client import Api
from tests.features.conftest import assert_clean
from tests.features.permission_world import BODIES, EDITED, ENDS_PEOPLE, QUERIES, VERSIONED, World
from tests.features.test_contract import DOCUMENT

GUIDE = Path("docs/guides/permissions.md")
HEADS = {
    "nobody": "nobody",
    "stranger": "stranger",
    "viewer": "viewer",
    "member": "member",
    "admin": "admin",
    "owner": "owner",
    "instance admin": "instance admin",
    "guest": "guest",
    "other guest": "guest elsewhere",
    "former member": "who left",
    "removed guest": "removed guest",
    "read token": "read token",
    "write token": "write token",
    "expired": "expired",
    "revoked": "revoked",
}
MEANS = {401: "401", 403: "no", 404: "hidden"}
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if path.startswith("/v1")
]


def table() -> dict[str, dict[str, str]]:
    """Read the table of the guide: by operation and role, what is answered."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in GUIDE.read_text().splitlines()
        if line.startswith(("| `", "| operation"))
    ]
    heads = rows[0][1:]
    return {row[0].strip("`"): dict(zip(heads, row[1:], strict=True)) for row in rows if row[0] != "operation"}


TABLE = table()


def test_the_table_names_every_operation_and_every_role():
    assert sorted(TABLE) == sorted(OPERATIONS)
    assert all(list(row) == list(HEADS.values()) for row in TABLE.values())
    assert {cell for row in TABLE.values() for cell in row.values()} <= {"yes", *MEANS.values()}


@pytest.fixture(scope="module")
def world(running):
    api = Api(running.server)
    made = World(running, api)
    running.run(made.add_people)
    made.renew()
    yield made
    assert_clean(running, api.events)


def tried(world: World, operation: str, person: str) -> str:
    """Let somebody try an operation, and say what comes of it."""
    method, path = operation.split()
    if operation in ENDS_PEOPLE:
        world.running.run(world.add_people)
    if method != "GET":
        world.renew()
    if path == "/v1/expenses/{expense_id}":
        world.add_direct_expense()
    path = re.sub(r"\{(\w+)\}", lambda place: world.names[place[1]], path)
    headers = {}
    token = world.tokens[person]
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if operation in EDITED or operation in VERSIONED:
        headers["If-Match"] = '"1"'
    options = {"json": BODIES[operation](world)} if operation in BODIES else {}
    with httpx2.Client(base_url=world.api.server.url, timeout=30) as client:
        response = client.request(method, path, headers=headers, params=QUERIES.get(operation), **options)
    world.api.server.contract.check(response)
    assert response.status_code < 500, response.text
    # A batch says of each line what became of it.
    if operation.endswith("/expenses/batch") and response.status_code == 200:
        return MEANS.get(response.json()["results"][0]["status"], "yes")
    return MEANS.get(response.status_code, "yes")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_for_those_the_guide_says(world, operation):
    found = {head: tried(world, operation, person) for person, head in HEADS.items()}
    assert found == TABLE[operation]
