"""Define what requests about passkeys hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from allsquare.core.text import MAX_NAME
from allsquare.features.identity.accounts.schemas import EXAMPLE_AT, Password
from allsquare.features.wire.fields import Wire

EXAMPLE_PASSKEY = "019302a1-7c00-7000-8000-0000000066ff"
EXAMPLE_OPTIONS = {"challenge": "q83vEjRWeJA", "rpId": "allsquare.example.org", "userVerification": "required"}
EXAMPLE_ID = "q83vEjRWeJA"
EXAMPLE_CLIENT_DATA = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0"

CredentialId = Annotated[str, Field(max_length=1400, examples=[EXAMPLE_ID])]
"""The id of a passkey has 1023 bytes at most; all that is binary comes as Base64url."""


class OptionsOut(Wire):
    """What to hand to the browser's `navigator.credentials`."""

    public_key: dict[str, Any] = Field(description="As WebAuthn's JSON has it.", examples=[EXAMPLE_OPTIONS])


class FromBrowser(Wire):
    """What a browser writes by itself: what it adds is passed over, and what it leaves out is refused as not true."""

    model_config = ConfigDict(extra="ignore")


class AttestationIn(FromBrowser):
    """What a device says of a passkey that it made."""

    client_data_json: str | None = Field(
        None, alias="clientDataJSON", max_length=8192, description="As Base64url.", examples=[EXAMPLE_CLIENT_DATA]
    )
    attestation_object: str | None = Field(
        None, alias="attestationObject", max_length=32768, description="As Base64url.", examples=["o2NmbXRkbm9uZQ"]
    )


class AssertionIn(FromBrowser):
    """What a device says to a challenge."""

    client_data_json: str | None = Field(
        None, alias="clientDataJSON", max_length=8192, description="As Base64url.", examples=[EXAMPLE_CLIENT_DATA]
    )
    authenticator_data: str | None = Field(
        None, alias="authenticatorData", max_length=8192, description="As Base64url.", examples=["SZYN5YgOjGh0NBcP"]
    )
    signature: str | None = Field(None, max_length=8192, description="As Base64url.", examples=["MEUCIQDk1yQ"])
    user_handle: str | None = Field(
        None,
        alias="userHandle",
        max_length=100,
        description="Whose passkey it is.",
        examples=["AZMCoXwAcACAAAAAAABm_w"],
    )


class CredentialIn(FromBrowser):
    """A passkey as browsers write it in JSON."""

    id: CredentialId | None = None
    raw_id: CredentialId | None = Field(None, alias="rawId")
    type: str | None = Field(None, max_length=40, examples=["public-key"])

    def written(self) -> dict[str, Any]:
        """Write down what is known of it, as it came."""
        return self.model_dump(by_alias=True, exclude_none=True)


class NewCredentialIn(CredentialIn):
    """What the browser's `navigator.credentials.create` gave, by `toJSON`."""

    response: AttestationIn | None = None


class AnswerIn(CredentialIn):
    """What the browser's `navigator.credentials.get` gave, by `toJSON`."""

    response: AssertionIn | None = None


class PasskeyAskIn(Wire):
    """Who asks for a new passkey."""

    current: Password | None = Field(None, description="The password, where the account has one.")


class PasskeyIn(Wire):
    """A new passkey."""

    name: str = Field(min_length=1, max_length=MAX_NAME, examples=["Phone"])
    credential: NewCredentialIn


class PasskeyAnswerIn(Wire):
    """A passkey's answer to a challenge."""

    credential: AnswerIn


class PasskeyOut(Wire):
    """A passkey."""

    id: UUID = Field(examples=[EXAMPLE_PASSKEY])
    name: str = Field(examples=["Phone"])
    created_at: datetime = Field(examples=[EXAMPLE_AT])
    last_used_at: datetime | None = Field(examples=[None])


class PasskeyPage(Wire):
    """A page of passkeys, oldest first."""

    items: list[PasskeyOut]
    next_cursor: str | None
