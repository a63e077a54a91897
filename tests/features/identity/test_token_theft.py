"""What a thief may try with tokens: all of it is refused, and each attempt is written down."""

import base64
import json
import time

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from tests.features.api_client import refused
from tests.features.guest_people import Person

PASSWORD = "lantern orbit velvet seven"
COUNT = "SELECT count(*) FROM audit WHERE action = $1 AND ($2::text IS NULL OR detail ->> 'reason' = $2)"


def audited(running, action: str, reason: str | None = None) -> int:
    """Count the lines of the audit of that kind."""

    async def count(services):
        async with services.reading() as connection:
            return await connection.fetchval(COUNT, action, reason)

    return running.run(count)


@pytest.fixture
def grant(running, api):
    """Sign somebody up, and give the tokens of a program of theirs."""
    stranger = Person(api, None)
    email = f"asha-{time.time_ns()}@example.org"
    stranger.do("POST", "/v1/users", {"name": "Asha", "email": email, "password": PASSWORD}, status=201)
    body = {"grant_type": "password", "username": email, "password": PASSWORD}
    return {**stranger.do("POST", "/v1/token", body), "email": email}


def renew(api, token: str):
    return Person(api, None).send("POST", "/v1/token", {"grant_type": "refresh_token", "refresh_token": token})


def claims_of(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_tokens_of_a_program_work_and_renew(api, grant):
    assert Person(api, grant["access_token"]).get("/v1/users/me")["name"] == "Asha"
    again = renew(api, grant["refresh_token"])
    assert again.status_code == 200
    assert Person(api, again.json()["access_token"]).get("/v1/users/me")["name"] == "Asha"


def test_a_refresh_token_that_comes_again_ends_the_whole_session(running, api, grant):
    before = audited(running, "refresh.reused")
    second = renew(api, grant["refresh_token"]).json()
    refused(renew(api, grant["refresh_token"]), 401, "refresh.refused")
    assert audited(running, "refresh.reused") == before + 1
    refused(renew(api, second["refresh_token"]), 401, "refresh.refused")
    for access in (grant["access_token"], second["access_token"]):
        refused(Person(api, access).send("GET", "/v1/users/me"), 401, "token.unknown")


def test_a_narrow_sign_in_never_widens(api, grant):
    body = {"grant_type": "refresh_token", "refresh_token": grant["refresh_token"], "scope": "read"}
    narrow = Person(api, None).do("POST", "/v1/token", body)
    assert narrow["scope"] == "read"
    refused(Person(api, narrow["access_token"]).send("POST", "/v1/events", {}), 403, "access.read_only")


def test_a_revoked_token_is_refused(running, api, grant):
    asha = Person(api, grant["access_token"])
    made = asha.do("POST", "/v1/tokens", {"name": "Script", "scope": "read"}, status=201)
    script = Person(api, made["token"])
    script.get("/v1/events")
    asha.do("DELETE", f"/v1/tokens/{made['id']}", status=204)
    before = audited(running, "request.refused", "token.unknown")
    refused(script.send("GET", "/v1/events"), 401, "token.unknown")
    assert audited(running, "request.refused", "token.unknown") == before + 1


def signed(running, claims: dict, **header) -> str:
    """Sign claims as the service would, with its own key."""

    async def sign(services):
        key_id, key = await services.signer._signing_key()
        return jwt.encode({"alg": "Ed25519", "kid": key_id, **header}, claims, key, algorithms=["Ed25519"])

    return running.run(sign)


def test_what_the_service_signs_itself_is_good(running, api, grant):
    assert Person(api, signed(running, claims_of(grant["access_token"]))).send("GET", "/v1/events").status_code == 200


def forged(running, access: str) -> dict[str, tuple[str, str]]:
    """Give false tokens, by how they are false: the token, and what is written down of it."""
    claims = claims_of(access)
    head, body, signature = access.split(".")

    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    wrong = OKPKey.generate_key("Ed25519")
    stranger = jwt.encode({"alg": "Ed25519", "kid": header["kid"]}, claims, wrong, algorithms=["Ed25519"])
    shared = jwt.encode(
        {"alg": "HS256", "kid": header["kid"]}, claims, OctKey.import_key(b"x" * 32), algorithms=["HS256"]
    )
    late = {**claims, "iat": claims["iat"] - 7_200, "exp": claims["iat"] - 3_600}
    return {
        "expired": (signed(running, late), "expired"),
        "alg none": (f"{part({**header, 'alg': 'none'})}.{body}.", "algorithm"),
        "alg HS256": (shared, "algorithm"),
        "wrong key": (stranger, "signature"),
        "unknown key": (f"{part({**header, 'kid': 'nobody'})}.{body}.{signature}", "key_unknown"),
        "altered scope": (f"{head}.{part({**claims, 'scope': 'admin', 'role': 'owner'})}.{signature}", "signature"),
    }


@pytest.mark.parametrize("kind", ["expired", "alg none", "alg HS256", "wrong key", "unknown key", "altered scope"])
def test_a_forged_token_is_refused_and_written_down(running, api, grant, kind):
    token, reason = forged(running, grant["access_token"])[kind]
    before = audited(running, "request.refused", reason)
    refused(Person(api, token).send("GET", "/v1/events"), 401, "token.refused")
    assert audited(running, "request.refused", reason) == before + 1


def test_a_cookie_from_another_origin_is_refused(running, api):
    stranger = Person(api, None)
    email = f"ben-{time.time_ns()}@example.org"
    with httpx2.Client(base_url=running.url) as browser:
        own = {"Origin": running.url}
        body = {"name": "Ben", "email": email, "password": PASSWORD}
        assert browser.post("/v1/users", json=body, headers=own).status_code == 201
        before = audited(running, "request.refused", "session.cross_origin")
        event = {"name": "Trip", "currency": "INR"}
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}, {"Sec-Fetch-Site": "cross-site"}):
            refused(browser.post("/v1/events", json=event, headers=headers), 403, "session.cross_origin")
        assert audited(running, "request.refused", "session.cross_origin") == before + 4
        made = browser.post("/v1/events", json=event, headers=own)
        assert made.status_code == 201
        api.events.append(made.json()["id"])
        assert browser.delete("/v1/sessions/current", headers=own).status_code == 204
        refused(browser.get("/v1/users/me"), 401, "http.unauthenticated")
    refused(
        stranger.send("POST", "/v1/sessions", {"email": email, "password": "something else"}), 401, "session.refused"
    )


def test_an_address_nobody_has_is_answered_as_one_that_somebody_has(api, grant):
    stranger = Person(api, None)
    bodies = [{"email": email, "password": "something else"} for email in ("nobody@example.org", grant["email"])]
    answers = [stranger.send("POST", "/v1/sessions", body) for body in bodies]
    first, second = [{**answer.json(), "request_id": ""} for answer in answers]
    assert first == second
