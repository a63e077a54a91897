"""Hold the ceremonies of WebAuthn: which site it is for, which challenge is answered, and whether the answer is true.

Source: W3C Web Authentication Level 2, sections 7.1 and 7.2, by the library webauthn.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from allsquare.features.identity import sight
from allsquare.features.identity.call import Asking
from allsquare.features.identity.caller import Caller
from allsquare.features.identity.passkeys.store import Passkey
from allsquare.features.wire.errors import HeaderInvalid, Unauthenticated
from allsquare.features.wire.json import JsonObject

_MAX_CREDENTIAL_ID = 1023
"""In bytes, by section 4 of the source, and by what an index takes."""

_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
"""What reading an answer that is nonsense may end in; JSON that is nested too deeply in the last."""


class PasskeyRefused(Unauthenticated):
    """The passkey's answer is not a true one to a challenge of ours."""

    code = "passkey.refused"
    title = "The passkey was refused"


def refused(
    detail: str = "The passkey's answer does not fit the challenge, or the passkey is not known.",
) -> PasskeyRefused:
    """Say that a passkey was refused, and nothing that helps a thief."""
    return PasskeyRefused(detail, field="credential")


def origin_of(call: Asking) -> str:
    """Write where people reach this instance as browsers write an origin.

    Raises: HeaderInvalid where that is what the request says, and it says nonsense.
    """
    origin = sight.origin_of(call.base_url)
    if origin is None:
        detail = "Host must be the name of this server, for passkeys belong to it."
        raise HeaderInvalid(detail, field="Host", expected="a host, and a port or none", actual=call.sight.host[:100])
    return origin


def site_of(call: Asking) -> str:
    """Name the site that passkeys are for: the host that people reach this instance by."""
    return urlsplit(origin_of(call)).hostname or "localhost"


def registration_options(call: Asking, caller: Caller, known: Sequence[Passkey]) -> tuple[bytes, JsonObject]:
    """Ask for a new passkey of a user; gives the challenge, and what the browser is handed."""
    options = webauthn.generate_registration_options(
        rp_id=site_of(call),
        rp_name="Allsquare",
        user_id=caller.user_id.bytes,
        user_name=caller.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in known],
    )
    return options.challenge, json.loads(webauthn.options_to_json(options))


def sign_in_options(call: Asking) -> tuple[bytes, JsonObject]:
    """Ask for any passkey of this site; nobody says whose, so nothing is told of who has one."""
    options = webauthn.generate_authentication_options(
        rp_id=site_of(call), user_verification=UserVerificationRequirement.REQUIRED
    )
    return options.challenge, json.loads(webauthn.options_to_json(options))


def challenge_in(credential: dict[str, Any]) -> bytes:
    """Read which challenge an answer is to; raises PasskeyRefused."""
    try:
        told = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(told["challenge"])
    except _UNREADABLE as error:
        raise refused() from error


def credential_in(credential: dict[str, Any]) -> bytes:
    """Read which passkey answers; raises PasskeyRefused."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except _UNREADABLE as error:
        raise refused() from error


def verify_registration(call: Asking, credential: dict[str, Any], challenge: bytes) -> VerifiedRegistration:
    """Hold a new passkey to the challenge, the site and the origin; raises PasskeyRefused."""
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site_of(call),
            expected_origin=origin_of(call),
            require_user_verification=True,
        )
    except Exception as error:  # tidy: boundary the library parses what strangers send, in many ways that can fail
        raise refused() from error
    if not 1 <= len(verified.credential_id) <= _MAX_CREDENTIAL_ID:
        raise refused()
    return verified


def verify_sign_in(
    call: Asking, credential: dict[str, Any], challenge: bytes, passkey: Passkey
) -> VerifiedAuthentication:
    """Hold an answer to the passkey, the challenge, the site and the origin; raises PasskeyRefused.

    Shape: the counter is left to `counter_grew`, for the library looks at it before the signature: anybody could make
        it seem that a device was copied.
    """
    _require_handle(credential, passkey)
    try:
        return webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site_of(call),
            expected_origin=origin_of(call),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:  # tidy: boundary the library parses what strangers send, in many ways that can fail
        raise refused() from error


def counter_grew(passkey: Passkey, count: int) -> bool:
    """Tell whether a device's counter grew, as it does unless the device was copied; some devices always say zero."""
    return count > passkey.sign_count or count == passkey.sign_count == 0


def _require_handle(credential: dict[str, Any], passkey: Passkey) -> None:
    """Refuse an answer that says it is another user's, or nobody's: a passkey found by itself knows whose it is."""
    try:
        handle = credential["response"].get("userHandle")
        own = handle is not None and base64url_to_bytes(handle) == passkey.user_id.bytes
    except _UNREADABLE as error:
        raise refused() from error
    if not own:
        raise refused()
