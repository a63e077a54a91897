"""Choose, keep and check passwords.

Source: argon2id with the parameters of RFC 9106, section 4 (64 MiB); what may be chosen is from NIST SP 800-63B.
"""

import asyncio
import base64
import hashlib
import importlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import HashingError, InvalidHashError, VerificationError

from allsquare.core.errors import InvalidInput

MIN_CHARACTERS = 10
MAX_CHARACTERS = 200
AT_ONCE = 2
"""How many are hashed at a time: each takes 64 MiB, and a core for a tenth of a second."""

MAX_ORNAMENT = 4
"""How many characters more do not make a poor password good: "sunshine2024" is "sunshine"."""

MIN_KNOWN = 3
SALT_BYTES = 16
HASH_CHARACTERS = 43
_OURS = "allsquare"
_SEPARATORS = re.compile(r"[\W_]+")
_AT_THE_ENDS = re.compile(r"^[\W\d_]*|[\W\d_]*$")
_RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)

Result = TypeVar("Result")


class PasswordTooShort(InvalidInput):
    """The password has too few characters to withstand guessing."""

    code = "password.too_short"
    title = "The password is too short"


class PasswordTooLong(InvalidInput):
    """The password has more characters than are taken."""

    code = "password.too_long"
    title = "The password is too long"


class PasswordCommon(InvalidInput):
    """The password is among those that are tried first."""

    code = "password.common"
    title = "The password is easy to guess"


def check_password(password: str, *, known: Sequence[str]) -> None:
    """Refuse a password that is easily guessed; `known` is what others know of its owner, such as name and e-mail.

    Raises: PasswordTooShort, PasswordTooLong, PasswordCommon.
    """
    normal = _normal(password)
    if len(normal) < MIN_CHARACTERS:
        detail = f"A password has at least {MIN_CHARACTERS} characters."
        raise PasswordTooShort(detail, field="password", expected=f"at least {MIN_CHARACTERS} characters")
    if len(normal) > MAX_CHARACTERS:
        detail = f"A password has at most {MAX_CHARACTERS} characters."
        raise PasswordTooLong(detail, field="password", expected=f"at most {MAX_CHARACTERS} characters")
    folded = normal.casefold()
    if _is_common(folded):
        detail = "This password is one of those that are tried first. Take another, such as four words by chance."
        raise PasswordCommon(detail, field="password", expected="no common password")
    if _is_made_of(folded, known):
        detail = "This password is made of your name or address, which others know. Take another."
        raise PasswordCommon(detail, field="password", expected="more than your name or address")


class Passwords:
    """Hash and verify passwords, apart from the event loop and a few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # Threads rather than a semaphore, so that those who hang up do not let more than so many run.
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="passwords")

    async def hash(self, password: str, *, address: bytes | None) -> str:
        """Hash a password for storage, with its salt and parameters; `address` is the index of the account's, if any.

        Ensures: all accounts that claim one address have one salt, so that a single hash tells which of them a password
            is of, however many there are. It is made of the keyed index, so no other address or instance has it.
        """
        text, salt = _encoded(password), None if address is None else _salt_of(address)
        return await self._apart(lambda: self._hasher.hash(text, salt=salt))

    async def hash_by(self, recipe: str, password: str) -> str:
        """Hash a password by former parameters and their salt; empty where the recipe cannot be read."""
        text = _encoded(password)
        return await self._apart(lambda: _hash_by(recipe, text))

    async def verify(self, stored: str, password: str) -> bool:
        """Tell whether this is the password."""
        text = _encoded(password)
        return await self._apart(lambda: self._verify(stored, text))

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str, text: bytes) -> bool:
        try:
            return self._hasher.verify(stored, text)
        except (VerificationError, InvalidHashError):
            return False

    async def _apart(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _normal(password: str) -> str:
    # The same letters are typed as different characters on different machines.
    return unicodedata.normalize("NFKC", password)


def _encoded(password: str) -> bytes:
    return _normal(password).encode(errors="surrogatepass")


def recipe_of(stored: str) -> str:
    """Give all of a hash but the hash itself: the parameters and the salt, up to the last $."""
    return stored[: stored.rindex("$") + 1]


def _salt_of(address: bytes) -> bytes:
    return hashlib.sha256(b"password:" + address).digest()[:SALT_BYTES]


def _hash_by(recipe: str, text: bytes) -> str:
    try:
        # The length of the hash is told by the hash alone; ours all have this one.
        former = PasswordHasher.from_parameters(extract_parameters(recipe + "A" * HASH_CHARACTERS))
        salt = recipe.split("$")[-2]
        return former.hash(text, salt=base64.b64decode(salt + "=" * (-len(salt) % 4)))
    except (InvalidHashError, HashingError, ValueError):
        return ""


def _is_common(folded: str) -> bool:
    common = _common_passwords()
    core = _AT_THE_ENDS.sub("", folded)
    return (
        folded in common
        or (core in common and len(folded) - len(core) <= MAX_ORNAMENT)
        or any((folded[:length] * len(folded)).startswith(folded) for length in range(1, MAX_ORNAMENT + 1))
        or any(folded in run or folded in run[::-1] for run in _RUNS)
    )


@cache
def _common_passwords() -> frozenset[str]:
    # Imported here, because it is large and only needed where a password is chosen; it comes without types.
    lists: dict[str, list[str]] = importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    return frozenset(password.casefold() for password in lists["passwords"])


def _is_made_of(folded: str, known: Sequence[str]) -> bool:
    """Tell whether little is left of a password without the words that others know."""
    wholes = [_SEPARATORS.sub("", text.casefold()) for text in known]
    words = [word for text in known for word in _SEPARATORS.split(_normal(text).casefold())]
    rest = _SEPARATORS.sub("", folded)
    found = False
    for word in sorted({_OURS, *wholes, *words}, key=len, reverse=True):
        if len(word) >= MIN_KNOWN and word in rest:
            found = True
            rest = rest.replace(word, "")
    return found and len(rest) <= MAX_ORNAMENT
