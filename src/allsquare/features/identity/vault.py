"""Seal what is personal or secret before it is stored, and index it so that it can still be looked up.

Source: AES-256-GCM with random nonces, NIST SP 800-38D; the index is HMAC-SHA256, RFC 2104.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allsquare.core.errors import InvalidInput, Unavailable

KEY_ID_BYTES = 4
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_KEY_ID = re.compile(f"[0-9a-f]{{{2 * KEY_ID_BYTES}}}")


class KeyringInvalid(InvalidInput):
    """What should be the keys cannot be read as such."""

    code = "vault.keyring_invalid"
    title = "The keys cannot be read"


class SealKeyUnknown(Unavailable):
    """Something was sealed with a key that this server does not have."""

    code = "vault.key_unknown"
    title = "The key to sealed data is missing"


class SealBroken(Unavailable):
    """What is stored was not sealed for this place, or was altered since."""

    code = "vault.broken"
    title = "Sealed data cannot be opened"


class Keyring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of an instance.

    Shape: `current` names the key that seals; `keys` are 32 bytes each, by id (8 hex digits); `index_key` never
        changes, since what was indexed could not be found again.
    """

    current: str
    keys: dict[str, bytes]
    index_key: bytes

    def __repr__(self) -> str:
        """Show which keys there are, and never the keys."""
        return f"Keyring(current={self.current!r}, keys={sorted(self.keys)})"

    def __rich_repr__(self) -> list[tuple[str, str]]:  # msgspec's own would show the keys where rich prints
        """Show as little to rich."""
        return [("current", self.current)]


def new_keyring() -> Keyring:
    """Make a keyring of one new key."""
    key_id = secrets.token_hex(KEY_ID_BYTES)
    return Keyring(key_id, {key_id: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))


def with_new_key(keyring: Keyring) -> Keyring:
    """Add a new key that seals from now on; the others still open what they sealed."""
    key_id = secrets.token_hex(KEY_ID_BYTES)
    while key_id in keyring.keys:
        key_id = secrets.token_hex(KEY_ID_BYTES)
    return Keyring(key_id, {**keyring.keys, key_id: secrets.token_bytes(KEY_BYTES)}, keyring.index_key)


def with_keys_kept(keyring: Keyring, kept: set[str]) -> Keyring:
    """Drop all keys but these and the current one."""
    keys = {key_id: key for key_id, key in keyring.keys.items() if key_id in kept or key_id == keyring.current}
    return Keyring(keyring.current, keys, keyring.index_key)


def serialise_keyring(keyring: Keyring) -> str:
    """Write a keyring as JSON, keys in base64."""
    return msgspec.json.encode(keyring).decode()


def parse_keyring(text: str | bytes) -> Keyring:
    """Read a keyring from JSON.

    Raises: KeyringInvalid, whose sentence never holds any of the text.
    """
    try:
        keyring = msgspec.json.decode(text, type=Keyring)
    except (msgspec.MsgspecError, UnicodeError) as error:
        detail = f"The keys are not the JSON they should be ({type(error).__name__})."
        # The library's words may quote what it read.
        raise KeyringInvalid(detail) from None
    if any(_KEY_ID.fullmatch(key_id) is None for key_id in keyring.keys):
        detail = f"The id of each key is {2 * KEY_ID_BYTES} hex digits."
        raise KeyringInvalid(detail, field="keys")
    if any(len(key) != KEY_BYTES for key in [*keyring.keys.values(), keyring.index_key]):
        detail = f"Each key is {KEY_BYTES} bytes, in base64."
        raise KeyringInvalid(detail, field="keys", expected=str(KEY_BYTES))
    if keyring.current not in keyring.keys:
        detail = "The current key is not among the keys."
        raise KeyringInvalid(detail, field="current")
    return keyring


class Vault:
    """Seal and open texts with the keys of an instance.

    Shape: a sealed text is key id ‖ nonce ‖ ciphertext and tag, bound to the column and row it is stored in, so that it
        opens nowhere else. `reload` reads the keys anew; what it raises passes.
    Ensures: with `reload`, a key that another process made is used from the next sealing on, so that a rotation may
        drop former keys even while servers run.
    """

    def __init__(self, keyring: Keyring, reload: Callable[[], Keyring] | None = None) -> None:
        self._reload = reload
        self._keyring = keyring
        self._ciphers: dict[str, AESGCM] = {}
        self._take(keyring)

    @property
    def keyring(self) -> Keyring:
        """Give the keys as they were last read."""
        return self._keyring

    def seal(self, text: str, *, place: str, row: UUID) -> bytes:
        """Encrypt a text for one column ("user.email") of one row, with the current key."""
        if self._reload is not None:
            self._take(self._reload())
        current = self._keyring.current
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[current].encrypt(nonce, text.encode(), _bound_to(place, row))
        return bytes.fromhex(current) + nonce + sealed

    def open(self, sealed: bytes, *, place: str, row: UUID) -> str:
        """Decrypt what was sealed for this column of this row.

        Raises: SealKeyUnknown, SealBroken.
        """
        if len(sealed) < KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES:
            raise SealBroken(f"What is stored in {place} is no sealed text.", field=place)
        cipher = self._cipher_of(key_id_of(sealed), place)
        nonce, rest = sealed[KEY_ID_BYTES:][:NONCE_BYTES], sealed[KEY_ID_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, rest, _bound_to(place, row)).decode()
        except InvalidTag:
            raise SealBroken(f"What is stored in {place} was altered, or moved there.", field=place) from None

    def index(self, text: str) -> bytes:
        """Give the blind index of a text: the same for the same text, and telling nothing without the key."""
        return hmac.digest(self._keyring.index_key, text.encode(), hashlib.sha256)

    def _cipher_of(self, key_id: str, place: str) -> AESGCM:
        if key_id not in self._ciphers and self._reload is not None:
            self._take(self._reload())
        try:
            return self._ciphers[key_id]
        except KeyError:
            detail = f"What is stored in {place} was sealed with the key {key_id}, which this server does not have."
            raise SealKeyUnknown(detail, field=place, expected=key_id) from None

    def _take(self, keyring: Keyring) -> None:
        if keyring == self._keyring and self._ciphers:
            return
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keyring.keys.items()}
        self._keyring = keyring


def key_id_of(sealed: bytes) -> str:
    """Tell which key a text was sealed with."""
    return sealed[:KEY_ID_BYTES].hex()


def _bound_to(place: str, row: UUID) -> bytes:
    return place.encode() + b"/" + row.bytes
