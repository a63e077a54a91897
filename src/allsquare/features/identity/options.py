"""Hold what the settings say of people: who may sign up, how mail is sent, what is limited."""

from dataclasses import dataclass
from typing import Literal

SignUp = Literal["open", "invite", "closed"]


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """How this instance treats people.

    Shape: `public_url` is where browsers reach it, without a slash at its end; `request_limit` is how many requests a
        minute one caller may send, None for any number; `limit_factor` multiplies all other limits; `trusted_proxies`
        are the addresses whose forwarding headers are believed, separated by commas.
    """

    sign_up: SignUp = "invite"
    public_url: str | None = None
    smtp_url: str | None = None
    mail_from: str | None = None
    redis_url: str | None = None
    request_limit: int | None = None
    limit_factor: int = 1
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: str = ""
