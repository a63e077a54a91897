"""Anybody learns beforehand who may sign up at an instance, and whether it sends letters."""

from importlib.metadata import version

import pytest

from allsquare.features.identity.options import PeopleSettings
from tests.features.conftest import served
from tests.features.identity.accounts_helpers import browser

SMTP = "smtp://127.0.0.1:9"
ELSEWHERE = {"Host": "elsewhere.example"}


def test_a_stranger_is_told_who_may_sign_up(running) -> None:
    with browser(running) as stranger:
        told = stranger.get("/v1/instance")
    assert told == {"version": version("allsquare"), "sign_up": "open", "mail": False}


@pytest.mark.parametrize(
    ("people", "sign_up", "elsewhere"),
    [
        (PeopleSettings(smtp_url=SMTP), "invite", False),
        (PeopleSettings("closed", public_url="https://all.example", smtp_url=SMTP), "closed", True),
    ],
    ids=["without a public URL", "with a public URL"],
)
def test_letters_are_promised_where_they_would_be_sent(database_urls, tmp_path, people, sign_up, elsewhere) -> None:
    with served(database_urls.app_url, tmp_path, people=people) as started, browser(started) as stranger:
        told = stranger.get("/v1/instance")
        assert (told["sign_up"], told["mail"]) == (sign_up, True)
        assert stranger.send("GET", "/v1/instance", headers=ELSEWHERE).json()["mail"] is elsewhere
