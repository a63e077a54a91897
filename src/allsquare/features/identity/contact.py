"""Bring e-mail addresses and telephone numbers into the one form in which they are stored and found."""

import re
import unicodedata

from allsquare.core.errors import InvalidInput

MAX_EMAIL = 254
MAX_LOCAL_PART = 64
MAX_PHONE_TEXT = 40
# Atoms of RFC 5322, and letters beyond ASCII as RFC 6531 has them; quoted ones are not worth their surprises.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
# What the codec turns into other letters, or drops, and browsers and mail servers of today do not (RFC 5894, 7.2): by
# "straße.de" letters would go to whoever has strasse.de.
_DEVIATING = frozenset("\u00df\u03c2\u200c\u200d")
# E.164: a country code, which begins with 1 to 9, and 15 digits at most in all.
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_BETWEEN_DIGITS = re.compile(r"[\s./()\u2010-\u2015-]")


class EmailInvalid(InvalidInput):
    """Something is no e-mail address."""

    code = "user.email_invalid"
    title = "The e-mail address cannot be used"


class PhoneInvalid(InvalidInput):
    """Something is no telephone number with its country code."""

    code = "user.phone_invalid"
    title = "The telephone number cannot be used"


def normalise_email(text: str) -> str:
    """Give an e-mail address as it is stored: in lower case, its domain in ASCII.

    Raises: EmailInvalid.
    """
    address = unicodedata.normalize("NFC", text.strip()).lower()
    local, at, domain = address.rpartition("@")
    try:
        # The codec refuses labels that are empty or too long.
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    known = f"{local}@{ascii_domain}"
    good = at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain) and _DEVIATING.isdisjoint(domain)
    if not good or len(local.encode()) > MAX_LOCAL_PART or len(known.encode()) > MAX_EMAIL:
        detail = "This is not an e-mail address: one such as kim@example.org is expected."
        raise EmailInvalid(detail, field="email", expected="an e-mail address")
    return known


def normalise_phone(text: str) -> str:
    """Give a telephone number in E.164: "+", the country code, and the rest, digits only.

    Shape: spaces, dashes, dots, slashes and brackets are dropped; 00 before the country code is +.
    Raises: PhoneInvalid.
    """
    # "+49 (0)30 …": the 0 is what is dialled within the country, and no part of the number.
    number = _BETWEEN_DIGITS.sub("", text.strip()[: MAX_PHONE_TEXT + 1].replace("(0)", ""))
    if number.startswith("00"):
        number = "+" + number[2:]
    if len(text.strip()) > MAX_PHONE_TEXT or not _E164.fullmatch(number):
        detail = "This is not a telephone number with its country code: one such as +49 30 1234567 is expected."
        raise PhoneInvalid(detail, field="phone", expected="+ and 7 to 15 digits")
    return number
