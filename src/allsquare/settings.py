"""Read the settings from the environment, once, at the edge; everything else is handed what it needs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allsquare.core.errors import InvalidInput
from allsquare.features.identity.options import PeopleSettings, SignUp


class SettingInvalid(InvalidInput):
    """A setting in the environment cannot be used."""

    code = "settings.invalid"
    title = "A setting cannot be used"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    Shape: `database_url` None means the embedded PostgreSQL in `data_dir`; `owner_url` is who migrates an external
    database, where that is somebody else than who serves it.
    """

    data_dir: Path
    database_url: str | None
    owner_url: str | None
    host: str
    port: int
    log_level: str
    people: PeopleSettings


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the ALLSQUARE_… variables; an empty one counts as missing.

    Raises: SettingInvalid.
    """
    port = environment.get("ALLSQUARE_PORT") or "8000"
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65_535):
        detail = f"ALLSQUARE_PORT is {port!r}: a number from 0 to 65535 is expected."
        raise SettingInvalid(detail, field="ALLSQUARE_PORT", expected="0 to 65535", actual=port)
    level = (environment.get("ALLSQUARE_LOG_LEVEL") or "info").lower()
    if level not in {"debug", "info", "warning", "error"}:
        detail = f"ALLSQUARE_LOG_LEVEL is {level!r}: debug, info, warning or error is expected."
        raise SettingInvalid(detail, field="ALLSQUARE_LOG_LEVEL", actual=level)
    return Settings(
        data_dir=Path(environment.get("ALLSQUARE_DATA_DIR") or _default_data_dir(environment)).expanduser(),
        database_url=environment.get("ALLSQUARE_DATABASE_URL") or None,
        owner_url=environment.get("ALLSQUARE_DATABASE_OWNER_URL") or None,
        host=environment.get("ALLSQUARE_HOST") or "127.0.0.1",
        port=int(port),
        log_level=level,
        people=_read_people(environment),
    )


_SIGN_UP: dict[str, SignUp] = {"open": "open", "invite": "invite", "closed": "closed"}


def _read_people(environment: Mapping[str, str]) -> PeopleSettings:
    sign_up = environment.get("ALLSQUARE_SIGN_UP") or "invite"
    if sign_up not in _SIGN_UP:
        detail = f"ALLSQUARE_SIGN_UP is {sign_up!r}: open, invite or closed is expected."
        raise SettingInvalid(detail, field="ALLSQUARE_SIGN_UP", expected="open, invite or closed", actual=sign_up)
    limit = environment.get("ALLSQUARE_RATE_LIMIT") or "off"
    if limit != "off" and not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= 10**9):
        detail = f"ALLSQUARE_RATE_LIMIT is {limit!r}: a number of requests a minute is expected, or off."
        raise SettingInvalid(detail, field="ALLSQUARE_RATE_LIMIT", expected="a number, or off", actual=limit)
    factor = environment.get("ALLSQUARE_LIMIT_FACTOR") or "1"
    if not (factor.isascii() and factor.isdigit() and 0 < int(factor) <= 10**6):
        detail = f"ALLSQUARE_LIMIT_FACTOR is {factor!r}: a whole number above zero is expected."
        raise SettingInvalid(detail, field="ALLSQUARE_LIMIT_FACTOR", expected="1 to 1000000", actual=factor)
    url = (environment.get("ALLSQUARE_PUBLIC_URL") or "").rstrip("/")
    if url and not url.startswith(("http://", "https://")):
        detail = f"ALLSQUARE_PUBLIC_URL is {url!r}: it begins with http:// or https://."
        raise SettingInvalid(detail, field="ALLSQUARE_PUBLIC_URL", actual=url)
    return PeopleSettings(
        sign_up=_SIGN_UP[sign_up],
        public_url=url or None,
        smtp_url=environment.get("ALLSQUARE_SMTP_URL") or None,
        mail_from=environment.get("ALLSQUARE_MAIL_FROM") or None,
        redis_url=environment.get("ALLSQUARE_REDIS_URL") or None,
        request_limit=None if limit == "off" else int(limit),
        limit_factor=int(factor),
        cors_origins=tuple((environment.get("ALLSQUARE_CORS_ORIGINS") or "").split()),
        trusted_proxies=environment.get("ALLSQUARE_TRUSTED_PROXIES") or "",
    )


def _default_data_dir(environment: Mapping[str, str]) -> Path:
    base = environment.get("XDG_DATA_HOME")
    if base:
        return Path(base) / "allsquare"
    home = environment.get("HOME")
    return (Path(home) / ".local" / "share" / "allsquare") if home else Path("allsquare-data")
