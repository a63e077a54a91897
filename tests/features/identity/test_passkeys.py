"""Passkeys: made in a session, used to sign in, and refused whenever anything about them is not true."""

import os
import threading
from uuid import UUID

import httpx2
import pytest

from tests.features.api_client import refused
from tests.features.identity.accounts_helpers import OTHER_PASSWORD, PASSWORD, audited, execute, fetch
from tests.features.identity.authenticator import Authenticator, decoded, encoded

ME = "/v1/users/me/passkeys"
DOOR = "/v1/sessions/passkey"
LET_CHALLENGE_EXPIRE = """
UPDATE passkey_challenge SET expires_at = now() WHERE challenge = $1
"""
LET_SESSIONS_AGE = """
UPDATE session SET created_at = now() - interval '15 minutes' WHERE user_id = $1
"""
CHALLENGES = """
SELECT challenge FROM passkey_challenge WHERE user_id = $1
"""
REFUSALS = """
SELECT action, actor FROM audit WHERE user_id = $1 AND action IN ('session.refused', 'passkey.counter')
ORDER BY audit_id
"""


class Browser:
    """A browser that keeps its cookies and says where its pages come from."""

    def __init__(self, running, api) -> None:
        self.origin = running.url.replace("127.0.0.1", "localhost")
        self.http = httpx2.Client(base_url=self.origin, headers={"Origin": self.origin})
        self.contract = api.server.contract

    def send(self, method: str, path: str, body: object = None) -> httpx2.Response:
        response = self.http.request(method, path, json=body)
        self.contract.check(response)
        return response

    def do(self, method: str, path: str, body: object = None, status: int = 200):
        response = self.send(method, path, body)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def sign_up(self, **fields) -> dict:
        return self.do("POST", "/v1/users", {"name": "Asha", **fields}, 201)

    def add_passkey(self, device: Authenticator, **asked) -> dict:
        options = self.do("POST", f"{ME}/options", asked or None)["public_key"]
        return self.do("POST", ME, {"name": "Phone", "credential": device.make(options)}, 201)

    def challenge(self) -> dict:
        return self.do("POST", f"{DOOR}/options")["public_key"]

    def sign_in(self, credential: dict) -> httpx2.Response:
        return self.send("POST", DOOR, {"credential": credential})


@pytest.fixture
def browser(running, api):
    made = Browser(running, api)
    yield made
    made.http.close()


@pytest.fixture
def device(browser):
    """Give a device whose passkey belongs to somebody who signed up without a password, and has signed out."""
    made = Authenticator(browser.origin)
    browser.sign_up()
    browser.add_passkey(made)
    browser.do("DELETE", "/v1/sessions/current", status=204)
    return made


def test_somebody_without_a_password_signs_in_by_passkey(browser, device):
    refused(browser.send("GET", ME), 401, "http.unauthenticated")
    answer = browser.sign_in(device.answer(browser.challenge()))
    assert answer.status_code == 201
    user = answer.json()["user"]
    assert (user["name"], user["has_password"], user["passkeys"]) == ("Asha", False, 1)
    [passkey] = browser.do("GET", ME)["items"]
    assert passkey["name"] == "Phone"
    assert passkey["last_used_at"] is not None


def test_the_last_means_to_sign_in_stays(browser):
    browser.sign_up()
    first = browser.add_passkey(Authenticator(browser.origin))
    refused(browser.send("DELETE", f"{ME}/{first['id']}"), 409, "passkey.last")
    second = browser.add_passkey(Authenticator(browser.origin))
    browser.do("DELETE", f"{ME}/{first['id']}", status=204)
    refused(browser.send("DELETE", f"{ME}/{first['id']}"), 404, "passkey.not_found")
    assert [each["id"] for each in browser.do("GET", ME)["items"]] == [second["id"]]


def test_of_two_passkeys_deleted_at_once_one_stays(browser):
    for _ in range(5):
        browser.http.cookies.clear()
        browser.sign_up()
        made = [browser.add_passkey(Authenticator(browser.origin))["id"] for _ in range(2)]
        both, statuses = threading.Barrier(2), []
        threads = [threading.Thread(target=delete_at_once, args=(browser, each, both, statuses)) for each in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [204, 409]


def delete_at_once(browser, passkey_id, both, statuses):
    with httpx2.Client(base_url=browser.origin, headers=browser.http.headers, cookies=browser.http.cookies) as http:
        http.get(ME)
        both.wait()
        statuses.append(http.delete(f"{ME}/{passkey_id}").status_code)


def test_passkeys_come_page_by_page_oldest_first(browser):
    browser.sign_up()
    made = [browser.add_passkey(Authenticator(browser.origin))["id"] for _ in range(3)]
    first = browser.do("GET", f"{ME}?limit=2")
    rest = browser.do("GET", f"{ME}?limit=2&cursor={first['next_cursor']}")
    assert [each["id"] for each in first["items"] + rest["items"]] == made
    assert rest["next_cursor"] is None


def test_a_passkey_belongs_to_one_account(browser):
    browser.sign_up()
    made = Authenticator(browser.origin)
    browser.add_passkey(made)
    options = browser.do("POST", f"{ME}/options")["public_key"]
    refused(browser.send("POST", ME, {"name": "Again", "credential": made.make(options)}), 409, "passkey.exists")


def altered(device, browser):
    answer = device.answer(browser.challenge())
    signature = bytearray(decoded(answer["response"]["signature"]))
    signature[-1] ^= 1
    return {**answer, "response": {**answer["response"], "signature": encoded(bytes(signature))}}


def without(answer, key):
    return {**answer, "response": {each: value for each, value in answer["response"].items() if each != key}}


def with_client_data(answer, text):
    return {**answer, "response": {**answer["response"], "clientDataJSON": text}}


def from_elsewhere(device, browser):
    elsewhere = Authenticator("https://evil.example")
    elsewhere.key, elsewhere.credential_id, elsewhere.user_handle = device.key, device.credential_id, device.user_handle
    elsewhere.count = device.count
    return elsewhere.answer(browser.challenge())


FALSE = {
    "altered signature": altered,
    "another origin": from_elsewhere,
    "a challenge of nobody": lambda device, browser: device.answer(
        {**browser.challenge(), "challenge": encoded(b"x" * 32)}
    ),
    "a counter that stands still": lambda device, browser: device.answer(browser.challenge(), counted=False),
    "nobody's handle": lambda device, browser: without(device.answer(browser.challenge()), "userHandle"),
    "no signature": lambda device, browser: without(device.answer(browser.challenge()), "signature"),
    "JSON nested too deeply": lambda device, browser: with_client_data(
        device.answer(browser.challenge()), encoded(b"[" * 6000)
    ),
    "another user's handle": lambda device, browser: device.answer(browser.challenge(), handle=b"y" * 16),
    "an unknown passkey": lambda device, browser: Authenticator(browser.origin).answer(
        browser.challenge(), handle=device.user_handle
    ),
    "nothing": lambda *_: {},
    "nonsense": lambda *_: {"id": "!", "rawId": "!", "type": "", "response": {"clientDataJSON": "!!!"}},
}
"""Answers that are not true, by what is false in them."""


@pytest.mark.parametrize("kind", FALSE)
def test_an_answer_that_is_not_true_is_refused(browser, device, kind):
    assert browser.sign_in(device.answer(browser.challenge())).status_code == 201
    browser.http.cookies.clear()
    refused(browser.sign_in(FALSE[kind](device, browser)), 401, "passkey.refused")
    refused(browser.send("GET", ME), 401, "http.unauthenticated")


@pytest.mark.parametrize(
    "credential",
    [{"id": 1}, {"response": []}, {"rawId": "x" * 1401}, {"response": {"clientDataJSON": "x" * 8193}}, "text"],
    ids=["a number", "a list", "an id too long", "client data too long", "no object"],
)
def test_an_answer_of_another_shape_is_not_read(browser, credential):
    refused(browser.sign_in(credential), 422, "validation.failed")


def test_what_browsers_add_is_passed_over(browser, device):
    answer = device.answer(browser.challenge())
    answer |= {"authenticatorAttachment": "hologram", "clientExtensionResults": {"prf": {"enabled": True}}, "new": 1.5}
    answer["response"]["transports"] = ["internal"]
    assert browser.sign_in(answer).status_code == 201


def test_a_device_that_never_counts_signs_in_again(browser, device):
    for _ in range(2):
        assert browser.sign_in(device.answer(browser.challenge(), counted=False)).status_code == 201


def test_what_passkeys_are_used_for_is_written_down(browser, device, running):
    user = browser.sign_in(device.answer(browser.challenge())).json()["user"]["id"]
    # Signed in as another, who must not find in their own audit whose passkey they tried.
    other = browser.sign_up(name="Ben")["id"]
    refused(browser.sign_in(device.answer(browser.challenge(), counted=False)), 401, "passkey.refused")
    refused(browser.sign_in(altered(device, browser)), 401, "passkey.refused")
    assert fetch(running, REFUSALS, user) == [("passkey.counter", None), ("session.refused", None)]
    assert not {"passkey.counter", "session.refused"} & set(audited(running, other))
    assert browser.sign_in(device.answer(browser.challenge())).status_code == 201
    own = browser.do("GET", ME)["items"][0]["id"]
    browser.add_passkey(Authenticator(browser.origin))
    browser.do("DELETE", f"{ME}/{own}", status=204)
    assert audited(running, user)[-3:] == ["session.opened", "passkey.added", "passkey.removed"]


def test_a_false_signature_with_an_old_counter_accuses_no_device(browser, device, running):
    user = browser.sign_in(device.answer(browser.challenge())).json()["user"]["id"]
    device.count -= 1
    refused(browser.sign_in(altered(device, browser)), 401, "passkey.refused")
    assert fetch(running, REFUSALS, user) == [("session.refused", None)]


def test_a_challenge_is_good_for_a_while_only(browser, device, running):
    options = browser.challenge()
    execute(running, LET_CHALLENGE_EXPIRE, decoded(options["challenge"]))
    refused(browser.sign_in(device.answer(options)), 401, "passkey.refused")


def test_a_passkey_with_an_id_too_long_is_refused(browser):
    browser.sign_up()
    made = Authenticator(browser.origin)
    made.credential_id = os.urandom(1023)
    browser.add_passkey(made)
    made.credential_id = os.urandom(1024)
    options = browser.do("POST", f"{ME}/options")["public_key"]
    refused(browser.send("POST", ME, {"name": "Phone", "credential": made.make(options)}), 401, "passkey.refused")


@pytest.mark.parametrize("host", ["[", "[::1", "localhost:x", ""])
def test_there_is_no_passkey_for_a_host_that_is_none(running, host):
    answer = httpx2.post(f"{running.url}{DOOR}/options", headers={"Host": host})
    refused(answer, 422, "http.header_invalid", field="Host")


def test_an_answer_to_a_host_that_is_none_is_refused(running, browser, device):
    credential = device.answer(browser.challenge())
    answer = httpx2.post(f"{running.url}{DOOR}", json={"credential": credential}, headers={"Host": "["})
    refused(answer, 401, "passkey.refused")


def test_a_challenge_is_answered_once(browser, device):
    answer = device.answer(browser.challenge())
    assert browser.sign_in(answer).status_code == 201
    refused(browser.sign_in(answer), 401, "passkey.refused")


def test_a_new_passkey_answers_a_challenge_of_its_own_account(browser, device):
    browser.sign_up(name="Ben")
    options = browser.do("POST", f"{ME}/options")["public_key"]
    credential = Authenticator(browser.origin).make(options)
    browser.sign_up(name="Chen")
    refused(browser.send("POST", ME, {"name": "Phone", "credential": credential}), 401, "passkey.refused")


def test_a_deleted_passkey_signs_nobody_in(browser):
    browser.sign_up(email="zoe@example.org", password=PASSWORD)
    made = Authenticator(browser.origin)
    passkey = browser.add_passkey(made, current=PASSWORD)
    browser.do("DELETE", f"{ME}/{passkey['id']}", status=204)
    refused(browser.sign_in(made.answer(browser.challenge())), 401, "passkey.refused")


@pytest.mark.parametrize("body", [None, {}, {"current": None}, {"current": OTHER_PASSWORD}])
def test_no_device_is_asked_for_a_key_by_who_does_not_know_the_password(browser, running, body):
    user = browser.sign_up(email="yuki@example.org", password=PASSWORD)["id"]
    refused(browser.send("POST", f"{ME}/options", body), 403, "password.wrong", field="current")
    assert fetch(running, CHALLENGES, user) == []
    browser.add_passkey(Authenticator(browser.origin), current=PASSWORD)
    assert len(browser.do("GET", ME)["items"]) == 1


def test_the_challenge_shows_once_that_the_password_was_known(browser):
    browser.sign_up(email="yuri@example.org", password=PASSWORD)
    options = browser.do("POST", f"{ME}/options", {"current": PASSWORD})["public_key"]
    first = {"name": "Phone", "credential": Authenticator(browser.origin).make(options)}
    browser.do("POST", ME, first, 201)
    again = {"name": "Phone", "credential": Authenticator(browser.origin).make(options)}
    made_up = {"name": "Phone", "credential": Authenticator(browser.origin).make({**options, "challenge": "q83v"})}
    for body in (again, made_up):
        refused(browser.send("POST", ME, body), 401, "passkey.refused")
    assert len(browser.do("GET", ME)["items"]) == 1


def test_another_password_leaves_no_challenge_that_was_got_by_the_former(browser):
    browser.sign_up(password=PASSWORD)
    options = browser.do("POST", f"{ME}/options", {"current": PASSWORD})["public_key"]
    browser.do("PUT", "/v1/users/me/password", {"current": PASSWORD, "new": OTHER_PASSWORD}, 204)
    body = {"name": "Phone", "credential": Authenticator(browser.origin).make(options)}
    refused(browser.send("POST", ME, body), 401, "passkey.refused")
    assert browser.do("GET", ME)["items"] == []


def test_a_challenge_to_sign_in_adds_no_passkey(browser):
    user = browser.sign_up(password=PASSWORD)["id"]
    options = {**browser.challenge(), "rp": {"id": "localhost"}, "user": {"id": encoded(UUID(user).bytes)}}
    body = {"name": "Phone", "credential": Authenticator(browser.origin).make(options)}
    refused(browser.send("POST", ME, body), 401, "passkey.refused")
    assert browser.do("GET", ME)["items"] == []


def test_a_personal_token_adds_no_passkey(browser):
    browser.sign_up(email="yael@example.org", password=PASSWORD)
    token = browser.do("POST", "/v1/tokens", {"name": "Script", "scope": "admin"}, 201)["token"]
    options = browser.do("POST", f"{ME}/options", {"current": PASSWORD})["public_key"]
    body = {"name": "Phone", "credential": Authenticator(browser.origin).make(options)}
    browser.http.headers["Authorization"] = f"Bearer {token}"
    refused(browser.send("POST", f"{ME}/options", {"current": PASSWORD}), 403, "access.session_needed")
    refused(browser.send("POST", ME, body), 403, "access.session_needed")
    assert browser.do("GET", ME)["items"] == []
    body = {"grant_type": "password", "username": "yael@example.org", "password": PASSWORD}
    browser.http.headers["Authorization"] = f"Bearer {browser.do('POST', '/v1/token', body)['access_token']}"
    browser.add_passkey(Authenticator(browser.origin), current=PASSWORD)


def test_without_a_password_another_passkey_takes_a_fresh_sign_in(browser, running):
    user = browser.sign_up()["id"]
    execute(running, LET_SESSIONS_AGE, user)
    # Who has no means to sign in yet gets the first one whenever they like.
    first = Authenticator(browser.origin)
    browser.add_passkey(first)
    refused(browser.send("POST", f"{ME}/options"), 403, "session.not_fresh")
    assert fetch(running, CHALLENGES, user) == []
    assert len(browser.do("GET", ME)["items"]) == 1
    assert browser.sign_in(first.answer(browser.challenge())).status_code == 201
    browser.add_passkey(Authenticator(browser.origin))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/v1/users/me/password", {"new": PASSWORD}),
        ("PATCH", "/v1/users/me", {"email": "eve@example.org"}),
        ("DELETE", "/v1/users/me", {"confirm": True}),
    ],
)
def test_who_finds_a_browser_open_takes_no_account_with_passkeys_alone(browser, device, running, method, path, body):
    assert browser.sign_in(device.answer(browser.challenge())).status_code == 201
    before = browser.do("GET", "/v1/users/me")
    execute(running, LET_SESSIONS_AGE, before["id"])
    refused(browser.send(method, path, body), 403, "session.not_fresh")
    assert browser.do("GET", "/v1/users/me") == before
    assert browser.sign_in(device.answer(browser.challenge())).status_code == 201
    assert browser.send(method, path, body).is_success


@pytest.mark.parametrize(("fields", "left"), [({}, 1), ({"remove_passkeys": False}, 1), ({"remove_passkeys": True}, 0)])
def test_passkeys_stay_when_the_password_is_changed_unless_they_shall_go(browser, running, fields, left):
    user = browser.sign_up(password=PASSWORD)["id"]
    device = Authenticator(browser.origin)
    browser.add_passkey(device, current=PASSWORD)
    body = {"current": PASSWORD, "new": OTHER_PASSWORD, **fields}
    browser.do("PUT", "/v1/users/me/password", body, 204)
    assert browser.do("GET", "/v1/users/me")["passkeys"] == left
    assert audited(running, user)[-1] == "password.changed"
    assert browser.sign_in(device.answer(browser.challenge())).status_code == (201 if left else 401)
