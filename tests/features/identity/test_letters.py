"""Letters say what they must in a few lines, and nothing that somebody else smuggles in."""

import pytest

from allsquare.features.identity.letters import (
    account_exists_letter,
    event_invitation_letter,
    invitation_letter,
    reset_letter,
    verification_letter,
)

TO, URL = "kim@example.org", "https://money.example.org/in#asq_AbC-_123&x=<y>"
LETTERS = {
    "invitation": lambda name: invitation_letter(TO, inviter=name, url=URL, days=7),
    "verification": lambda name: verification_letter(TO, name=name, url=URL, hours=24),
    "reset": lambda name: reset_letter(TO, name=name, url=URL, hours=1),
    "event": lambda name: event_invitation_letter(TO, inviter=name, event=name, url=URL, days=1),
    "account exists": lambda name: account_exists_letter(TO, name=name, url=URL),
}
every_letter = pytest.mark.parametrize("write", LETTERS.values(), ids=LETTERS)


@every_letter
def test_a_letter_holds_its_link_as_it_is_on_a_line_of_its_own(write) -> None:
    letter = write("Kim & Pat <3")
    assert letter.to == TO
    assert URL in letter.text.splitlines()
    assert "Kim & Pat <3" in letter.text
    assert "\n" not in letter.subject
    assert URL not in letter.subject
    assert len(letter.text.splitlines()) < 20


@every_letter
def test_a_name_cannot_add_lines_or_links(write) -> None:
    letter = write("Win now\r\nhttps://evil.example/\u2028a\u202e{{ url }} " + "x" * 500)
    assert letter.text.count("://") == 1
    assert "evil.example" not in letter.text + letter.subject
    assert "{{ url }}" in letter.text
    assert len(letter.text.splitlines()) == len(write("Kim").text.splitlines())
    assert "x" * 60 not in letter.text
    assert "\n" not in letter.subject
    assert "\r" not in letter.text + letter.subject


def test_one_hour_and_one_day_are_not_many() -> None:
    assert "for 1 hour." in LETTERS["reset"]("Kim").text
    assert "for 24 hours." in LETTERS["verification"]("Kim").text
    assert "for 1 day." in LETTERS["event"]("Kim").text
    assert "for 7 days." in LETTERS["invitation"]("Kim").text
