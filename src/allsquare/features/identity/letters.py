"""Write the letters that Allsquare sends: plain text, short, and kind."""

import re
from functools import cache
from typing import TYPE_CHECKING

from allsquare.adapters.mail import Letter

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_NAME = 60
_NOT_IN_A_LINE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028-\u202e\u2060-\u2069]+")
_FOOTER = """
--
Allsquare splits, pools and settles shared money.
"""

INVITATION_SUBJECT = "{{ inviter | calm }} invites you to Allsquare"
INVITATION = """Hello,

{{ inviter | calm }} invites you to Allsquare, where people who share expenses see who owes whom.

Open this link to choose your name and how you sign in:

{{ url }}

It works once, and for {{ days }} {{ "day" if days == 1 else "days" }}.
If you do not know who this is, you need not do anything.
"""

VERIFICATION_SUBJECT = "Is this your e-mail address?"
VERIFICATION = """Hello {{ name | calm }},

please open this link, so that we know that this address is yours:

{{ url }}

It works once, and for {{ hours }} {{ "hour" if hours == 1 else "hours" }}.
If you have no account at Allsquare, somebody mistyped their address: you need not do anything.
"""

RESET_SUBJECT = "Choose a new password"
RESET = """Hello {{ name | calm }},

somebody, most likely you, has forgotten your password at Allsquare.
Open this link to choose a new one:

{{ url }}

It works once, and for {{ hours }} {{ "hour" if hours == 1 else "hours" }}.
If it was not you, you need not do anything: your password stays as it is.
"""

EVENT_INVITATION_SUBJECT = "{{ inviter | calm }} invites you to “{{ event | calm }}”"
EVENT_INVITATION = """Hello,

{{ inviter | calm }} shares the expenses of “{{ event | calm }}” with you.
Open this link to join; you need no account:

{{ url }}

It works for {{ days }} {{ "day" if days == 1 else "days" }}.
If you do not know who this is, you need not do anything.
"""

ACCOUNT_EXISTS_SUBJECT = "You have an account already"
ACCOUNT_EXISTS = """Hello {{ name | calm }},

somebody, most likely you, has tried to sign up at Allsquare with this address, which has an account already.
Sign in here; if you have forgotten your password, you can choose a new one there:

{{ url }}

If it was not you, you need not do anything.
"""


def invitation_letter(to: str, *, inviter: str, url: str, days: int) -> Letter:
    """Write to somebody who may make an account."""
    return _letter(to, INVITATION_SUBJECT, INVITATION, inviter=inviter, url=url, days=days)


def verification_letter(to: str, *, name: str, url: str, hours: int) -> Letter:
    """Write to somebody who said that this is their address."""
    return _letter(to, VERIFICATION_SUBJECT, VERIFICATION, name=name, url=url, hours=hours)


def reset_letter(to: str, *, name: str, url: str, hours: int) -> Letter:
    """Write to somebody who has forgotten their password."""
    return _letter(to, RESET_SUBJECT, RESET, name=name, url=url, hours=hours)


def event_invitation_letter(to: str, *, inviter: str, event: str, url: str, days: int) -> Letter:
    """Write to somebody who may join an event."""
    return _letter(to, EVENT_INVITATION_SUBJECT, EVENT_INVITATION, inviter=inviter, event=event, url=url, days=days)


def account_exists_letter(to: str, *, name: str, url: str) -> Letter:
    """Write to somebody who signs up with the address of an account, so that the page itself need not tell."""
    return _letter(to, ACCOUNT_EXISTS_SUBJECT, ACCOUNT_EXISTS, name=name, url=url)


def _letter(to: str, subject: str, text: str, **values: str | int) -> Letter:
    environment = _environment()
    subject = environment.from_string(subject).render(values)
    return Letter(to, subject, environment.from_string(text + _FOOTER).render(values))


@cache
def _environment() -> "Environment":
    # Imported here, because whoever has no mail server never needs it.
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701  (plain text)
    environment.filters["calm"] = _calm
    return environment


def _calm(text: str) -> str:
    """Keep what others typed to one short line without links, so that nobody lets us send their advertisements."""
    line = _NOT_IN_A_LINE.sub(" ", text).strip().replace("://", " ")
    line = re.sub(r"(?<=\w)\.(?=[^\W\d])", ". ", line)
    return line if len(line) <= MAX_NAME else line[: MAX_NAME - 1].rstrip() + "…"
