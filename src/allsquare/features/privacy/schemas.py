"""Define what requests about privacy hold."""

from pydantic import Field

from allsquare.features.identity.accounts.schemas import Password
from allsquare.features.wire.fields import Wire


class FarewellIn(Wire):
    """Who asks to be forgotten."""

    password: Password | None = Field(None, description="The password, where the account has one.")
    confirm: bool = Field(default=False, strict=True, description="Although money is open.", examples=[True])
