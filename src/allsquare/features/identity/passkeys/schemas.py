"""Define what requests about passkeys hold, and what their answers look like."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from allsquare.core.text import MAX_NAME
from allsquare.features.identity.accounts.schemas import EXAMPLE_AT
from allsquare.features.wire.fields import Wire

EXAMPLE_PASSKEY = "019302a1-7c00-7000-8000-0000000066ff"
EXAMPLE_OPTIONS = {"challenge": "q83vEjRWeJA", "rpId": "allsquare.example.org", "userVerification": "required"}
EXAMPLE_CREDENTIAL = {"id": "q83vEjRWeJA", "rawId": "q83vEjRWeJA", "type": "public-key", "response": {}}


class OptionsOut(Wire):
    """What to hand to the browser's `navigator.credentials`."""

    public_key: dict[str, Any] = Field(description="As WebAuthn's JSON has it.", examples=[EXAMPLE_OPTIONS])


class PasskeyIn(Wire):
    """A new passkey."""

    name: str = Field(min_length=1, max_length=MAX_NAME, examples=["Phone"])
    credential: dict[str, Any] = Field(description="What the browser gave, as JSON.", examples=[EXAMPLE_CREDENTIAL])


class PasskeyAnswerIn(Wire):
    """A passkey's answer to a challenge."""

    credential: dict[str, Any] = Field(description="What the browser gave, as JSON.", examples=[EXAMPLE_CREDENTIAL])


class PasskeyOut(Wire):
    """A passkey."""

    id: UUID = Field(examples=[EXAMPLE_PASSKEY])
    name: str = Field(examples=["Phone"])
    created_at: datetime = Field(examples=[EXAMPLE_AT])
    last_used_at: datetime | None = Field(examples=[None])


class PasskeyList(Wire):
    """All passkeys, oldest first."""

    items: list[PasskeyOut]
    next_cursor: None = None
