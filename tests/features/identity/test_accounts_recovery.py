"""People show that an address is theirs, and come back when they have forgotten their password, by real letters."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from allsquare.features.identity.accounts.handing_over import print_reset
from allsquare.features.identity.options import PeopleSettings
from allsquare.features.wire.ids import new_id
from tests.adapters.test_mail import Post, smtp_server
from tests.features.api_client import refused
from tests.features.conftest import served
from tests.features.identity.accounts_helpers import (
    COUNT_STRANGERS,
    OTHER_PASSWORD,
    PASSWORD,
    address,
    audited,
    browser,
    execute,
    fetch,
    ticket_in,
    until,
)

EXPIRE = "UPDATE ticket SET expires_at = now() WHERE user_id = $1"
ADD_PASSKEY = """
INSERT INTO passkey (credential_id, passkey_id, user_id, public_key, sign_count, name) VALUES ($1, $2, $3, '', 0, 'Key')
"""


@pytest.fixture(scope="module")
def post(tmp_path_factory):
    folder = tmp_path_factory.mktemp("post") / "box"
    with smtp_server("-c", "aiosmtpd.handlers.Mailbox", str(folder)) as port:
        yield Post(f"smtp://127.0.0.1:{port}", folder)


@pytest.fixture(scope="module")
def mailing(database_urls, tmp_path_factory, post):
    people = PeopleSettings(sign_up="open", smtp_url=post.url, limit_factor=10_000)
    with served(database_urls.app_url, tmp_path_factory.mktemp("owner"), people=people) as started:
        yield started


@pytest.fixture
def asha(mailing, post):
    """Give somebody whose address is not verified yet, and the letter that asks whether it is theirs."""
    with browser(mailing) as opened:
        opened.email = address()
        opened.account = opened.sign_up(email=opened.email, password=PASSWORD)
        opened.letter = next_letter(post, opened.email)
        yield opened


def next_letter(post: Post, to: str) -> str:
    """Wait for one letter, which must be to that address, and give its text."""
    [letter] = until(post.new_letters, "a letter")
    assert letter["To"] == to
    return letter.get_content()


def verify(visitor, letter: str) -> None:
    visitor.do("POST", "/v1/email/verify", {"ticket": ticket_in(letter)}, status=204)


def forget(visitor, email: str) -> None:
    visitor.do("POST", "/v1/password/forgot", {"email": email}, status=204)


def reset_of(running, user_id: str) -> str:
    """Give the ticket of a link that the owner hands over."""

    async def make(services):
        base = running.url
        return await print_reset(services.pool, user_id, owner_id=running.user_id, base_url=base)

    url = running.run(make)
    assert url.startswith(f"{running.url}/reset#ticket=ast_")
    return ticket_in(url)


def test_whoever_signs_up_is_asked_whether_the_address_is_theirs(mailing, asha) -> None:
    assert f"{mailing.url}/verify#ticket=ast_" in asha.letter
    assert asha.me["email_verified"] is False
    with browser(mailing) as elsewhere:  # the letter may be opened on another device
        verify(elsewhere, asha.letter)
        assert asha.me["email_verified"] is True
        body = {"ticket": ticket_in(asha.letter)}
        refused(elsewhere.send("POST", "/v1/email/verify", body), 404, "ticket.not_good")
    assert "email.verified" in audited(mailing, asha.account["id"])


def test_a_letter_can_be_asked_for_again_until_the_address_is_verified(asha, post) -> None:
    asha.do("POST", "/v1/users/me/verification", status=204)
    verify(asha, next_letter(post, asha.email))
    asha.do("POST", "/v1/users/me/verification", status=204)
    forget(asha, asha.email)
    assert "/reset#" in next_letter(post, asha.email)  # and no other letter before it


def test_a_letter_to_a_former_address_verifies_nothing(asha, post) -> None:
    other = address()
    forget(asha, asha.email)
    reset = next_letter(post, asha.email)
    asha.do("PATCH", "/v1/users/me", {"email": other, "current": PASSWORD})
    body = {"ticket": ticket_in(asha.letter)}
    refused(asha.send("POST", "/v1/email/verify", body), 404, "ticket.not_good")
    body = {"ticket": ticket_in(reset), "password": OTHER_PASSWORD}
    refused(asha.send("POST", "/v1/password/reset", body), 404, "ticket.not_good")
    assert (asha.me["email"], asha.me["email_verified"]) == (other, False)


def test_an_expired_ticket_or_one_for_another_purpose_is_not_good(mailing, asha) -> None:
    body = {"ticket": ticket_in(asha.letter), "password": OTHER_PASSWORD}
    refused(asha.send("POST", "/v1/password/reset", body), 404, "ticket.not_good")
    body = {"name": "Eve", "invite": ticket_in(asha.letter)}
    refused(asha.send("POST", "/v1/users", body), 404, "ticket.not_good")
    execute(mailing, EXPIRE, asha.account["id"])
    body = {"ticket": ticket_in(asha.letter)}
    refused(asha.send("POST", "/v1/email/verify", body), 404, "ticket.not_good")
    assert asha.me["email_verified"] is False


def test_only_one_of_those_who_claim_an_address_can_verify_it(mailing, asha, post) -> None:
    with browser(mailing) as eve:
        eve.sign_up(name="Eve", email=asha.email)
        hers = next_letter(post, asha.email)
        verify(asha, asha.letter)
        refused(eve.send("POST", "/v1/email/verify", {"ticket": ticket_in(hers)}), 409, "user.email_taken")
        assert (eve.me["email_verified"], asha.me["email_verified"]) == (False, True)


def test_whose_address_is_taken_for_another_account_is_told_by_letter_alone(mailing, asha, post) -> None:
    verify(asha, asha.letter)
    with browser(mailing) as eve:
        assert eve.sign_up(name="Eve", email=asha.email)["email_verified"] is False
    told = next_letter(post, asha.email)
    assert "has an account already" in told
    assert "ticket" not in told


def test_a_forgotten_password_is_chosen_anew_by_letter(mailing, asha, post) -> None:
    verify(asha, asha.letter)
    with browser(mailing) as elsewhere:
        forget(elsewhere, asha.email.upper())
        letter = next_letter(post, asha.email)
        assert f"{mailing.url}/reset#ticket=ast_" in letter
        body = {"ticket": ticket_in(letter), "password": "short"}
        refused(elsewhere.send("POST", "/v1/password/reset", body), 422, "password.too_short")
        body = {"ticket": ticket_in(letter), "password": OTHER_PASSWORD, "email": address()}
        refused(elsewhere.send("POST", "/v1/password/reset", body), 422, "user.email_fixed")
        assert asha.me["id"] == asha.account["id"]
        body = {"ticket": ticket_in(letter), "password": OTHER_PASSWORD}
        assert elsewhere.do("POST", "/v1/password/reset", body)["email_verified"] is True
        assert elsewhere.me["id"] == asha.account["id"]
        assert asha.send("GET", "/v1/users/me").status_code == 401
        refused(elsewhere.send("POST", "/v1/password/reset", body), 404, "ticket.not_good")
        new = {"current": OTHER_PASSWORD, "new": PASSWORD}
        elsewhere.do("PUT", "/v1/users/me/password", new, status=204)
    done = audited(mailing, asha.account["id"])
    assert done[-3:] == ["password.forgot", "password.reset", "password.changed"]


def test_an_unknown_address_is_answered_alike_and_gets_no_letter(mailing, asha, post) -> None:
    [(before,)] = fetch(mailing, COUNT_STRANGERS)
    with browser(mailing) as somebody:
        answers = [somebody.send("POST", "/v1/password/forgot", {"email": each}) for each in (address(), asha.email)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert set(answers[0].headers) == set(answers[1].headers)
    until(lambda: fetch(mailing, COUNT_STRANGERS) == [(before + 1,)], "the search for nobody")
    next_letter(post, asha.email)


def test_taking_over_an_account_made_with_my_address_leaves_its_maker_nothing(mailing, asha, post) -> None:
    execute(mailing, ADD_PASSKEY, new_id().bytes, new_id(), asha.account["id"])
    assert asha.me["passkeys"] == 1
    with browser(mailing) as truly_mine:
        forget(truly_mine, asha.email)
        body = {"ticket": ticket_in(next_letter(post, asha.email)), "password": OTHER_PASSWORD}
        taken = truly_mine.do("POST", "/v1/password/reset", body)
    assert (taken["id"], taken["email_verified"], taken["passkeys"]) == (asha.account["id"], True, 0)
    assert asha.send("GET", "/v1/users/me").status_code == 401


@pytest.mark.parametrize("way", ["by letter", "handed over"])
def test_no_passkey_of_an_intruder_outlives_a_reset(mailing, asha, post, way) -> None:
    verify(asha, asha.letter)
    execute(mailing, ADD_PASSKEY, new_id().bytes, new_id(), asha.account["id"])
    if way == "by letter":
        forget(asha, asha.email)
        ticket = ticket_in(next_letter(post, asha.email))
    else:
        ticket = reset_of(mailing, asha.account["id"])
    body = {"ticket": ticket, "password": OTHER_PASSWORD}
    assert asha.do("POST", "/v1/password/reset", body)["passkeys"] == 0


def test_a_way_back_goes_to_whose_address_it_is_and_to_no_other_who_claims_it(mailing, asha, post) -> None:
    verify(asha, asha.letter)
    with browser(mailing) as eve:
        eve.sign_up(name="Eve", email=asha.email)
        next_letter(post, asha.email)
        forget(eve, asha.email)
        body = {"ticket": ticket_in(next_letter(post, asha.email)), "password": OTHER_PASSWORD}
        assert eve.do("POST", "/v1/password/reset", body)["id"] == asha.account["id"]


def test_a_link_handed_over_lets_one_choose_name_address_and_password(mailing, running) -> None:
    with browser(running) as ben:
        user_id, email = ben.sign_up(name="Nobody yet")["id"], address()
        ticket = reset_of(running, user_id)
        with browser(running) as elsewhere:
            body = {"ticket": ticket, "password": PASSWORD, "name": "Ben", "email": email}
            chosen = elsewhere.do("POST", "/v1/password/reset", body)
            told = chosen["id"], chosen["name"], chosen["email"], chosen["email_verified"], chosen["has_password"]
            assert told == (user_id, "Ben", email, False, True)
            assert elsewhere.me == chosen
        assert ben.send("GET", "/v1/users/me").status_code == 401


def test_of_many_with_one_link_at_once_one_chooses_the_password(running) -> None:
    with browser(running) as ben:
        ticket, barrier = reset_of(running, ben.sign_up()["id"]), Barrier(4)

    def choose(number: int) -> int:
        with browser(running) as somebody:
            barrier.wait()
            body = {"ticket": ticket, "password": f"{PASSWORD} {number}"}
            return somebody.send("POST", "/v1/password/reset", body).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(choose, range(4))) == [200, 404, 404, 404]


def test_choosing_a_password_ends_the_other_links_to_one(mailing, asha, post) -> None:
    forget(asha, asha.email)
    mailed, printed = ticket_in(next_letter(post, asha.email)), reset_of(mailing, asha.account["id"])
    asha.do("POST", "/v1/password/reset", {"ticket": printed, "password": OTHER_PASSWORD})
    body = {"ticket": mailed, "password": PASSWORD}
    refused(asha.send("POST", "/v1/password/reset", body), 404, "ticket.not_good")


def test_no_letter_leads_where_a_request_says_it_was_sent_to(mailing, asha, post) -> None:
    verify(asha, asha.letter)
    evil = {"Host": "evil.example"}
    with browser(mailing) as eve:
        answer = eve.send("POST", "/v1/password/forgot", {"email": asha.email}, headers=evil)
        assert answer.status_code == 204
    until(lambda: "password.forgot" in audited(mailing, asha.account["id"]), "the search")
    forget(asha, asha.email)
    assert "evil.example" not in next_letter(post, asha.email)


def test_an_invitation_is_mailed_to_whom_it_is_for(mailing, post) -> None:
    email = address()
    with browser(mailing, mailing.token) as owner:
        invited = owner.do("POST", "/v1/invitations", {"email": email}, status=201)
    assert invited["mailed"] is True
    assert invited["url"] in next_letter(post, email)


def test_nobody_is_sent_letters_by_the_dozen(database_urls, tmp_path, post) -> None:
    people = PeopleSettings(sign_up="open", smtp_url=post.url)
    email = address()
    with served(database_urls.app_url, tmp_path, people=people) as strict:
        with browser(strict) as eve:
            for _ in range(7):
                eve.sign_up(name="Eve", email=email)  # which is answered as ever
            answer = eve.send("POST", "/v1/password/forgot", {"email": email})
            refused(answer, 429, "limit.exceeded")
        strict.run(lambda services: services.mail.settled())
    assert [letter["To"] for letter in post.new_letters()] == [email] * 5
