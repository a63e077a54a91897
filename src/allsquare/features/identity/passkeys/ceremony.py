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

from allsquare.features.identity.call import Asking
from allsquare.features.identity.caller import Caller
from allsquare.features.identity.passkeys.store import Passkey
from allsquare.features.wire.errors import Unauthenticated
from allsquare.features.wire.json import JsonObject


class PasskeyRefused(Unauthenticated):
    """The passkey's answer is not a true one to a challenge of ours."""

    code = "passkey.refused"
    title = "The passkey was refused"


def refused(
    detail: str = "The passkey's answer does not fit the challenge, or the passkey is not known.",
) -> PasskeyRefused:
    """Say that a passkey was refused, and nothing that helps a thief."""
    return PasskeyRefused(detail, field="credential")


def site_of(call: Asking) -> str:
    """Name the site that passkeys are for: the host that people reach this instance by."""
    return urlsplit(call.base_url).hostname or "localhost"


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
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refused() from error


def credential_in(credential: dict[str, Any]) -> bytes:
    """Read which passkey answers; raises PasskeyRefused."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refused() from error


def verify_registration(call: Asking, credential: dict[str, Any], challenge: bytes) -> VerifiedRegistration:
    """Hold a new passkey to the challenge, the site and the origin; raises PasskeyRefused."""
    try:
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site_of(call),
            expected_origin=call.base_url,
            require_user_verification=True,
        )
    except Exception as error:  # tidy: boundary the library parses what strangers send, in many ways that can fail
        raise refused() from error


def verify_sign_in(
    call: Asking, credential: dict[str, Any], challenge: bytes, passkey: Passkey
) -> VerifiedAuthentication:
    """Hold an answer to the passkey, the challenge, the site, the origin and the counter; raises PasskeyRefused."""
    _require_handle(credential, passkey)
    try:
        return webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site_of(call),
            expected_origin=call.base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # tidy: boundary the library parses what strangers send, in many ways that can fail
        raise refused() from error


def _require_handle(credential: dict[str, Any], passkey: Passkey) -> None:
    """Refuse an answer that says it is another user's."""
    try:
        handle = credential["response"].get("userHandle")
        own = handle is None or base64url_to_bytes(handle) == passkey.user_id.bytes
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise refused() from error
    if not own:
        raise refused()
