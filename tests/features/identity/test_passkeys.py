"""Passkeys: made in a session, used to sign in, and refused whenever anything about them is not true."""

import httpx2
import pytest

from tests.features.api_client import refused
from tests.features.identity.authenticator import Authenticator, decoded, encoded

ME = "/v1/users/me/passkeys"


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

    def add_passkey(self, device: Authenticator) -> dict:
        options = self.do("POST", f"{ME}/options")["public_key"]
        return self.do("POST", ME, {"name": "Phone", "credential": device.make(options)}, 201)

    def challenge(self) -> dict:
        return self.do("POST", "/v1/sessions/passkey/options")["public_key"]

    def sign_in(self, credential: dict) -> httpx2.Response:
        return self.send("POST", "/v1/sessions/passkey", {"credential": credential})


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
    "another user's handle": lambda device, browser: device.answer(browser.challenge(), handle=b"y" * 16),
    "an unknown passkey": lambda device, browser: Authenticator(browser.origin).answer(
        browser.challenge(), handle=device.user_handle
    ),
    "nothing": lambda *_: {},
    "nonsense": lambda *_: {"id": 1, "rawId": "!", "type": [], "response": {"clientDataJSON": "!!!"}},
}
"""Answers that are not true, by what is false in them."""


@pytest.mark.parametrize("kind", FALSE)
def test_an_answer_that_is_not_true_is_refused(browser, device, kind):
    assert browser.sign_in(device.answer(browser.challenge())).status_code == 201
    browser.http.cookies.clear()
    refused(browser.sign_in(FALSE[kind](device, browser)), 401, "passkey.refused")
    refused(browser.send("GET", ME), 401, "http.unauthenticated")


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
    browser.sign_up(email="zoe@example.org", password="lantern orbit velvet seven")
    made = Authenticator(browser.origin)
    passkey = browser.add_passkey(made)
    browser.do("DELETE", f"{ME}/{passkey['id']}", status=204)
    refused(browser.sign_in(made.answer(browser.challenge())), 401, "passkey.refused")
