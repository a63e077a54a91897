"""List the routes of accounts, so that the application takes one import."""

from fastapi import APIRouter

from allsquare.features.identity.accounts.routes import ACCOUNT_ROUTERS
from allsquare.features.identity.audit.http import router as audit
from allsquare.features.identity.passkeys.http import doors as passkey_doors
from allsquare.features.identity.passkeys.http import router as passkeys
from allsquare.features.identity.sessions.granting import router as granting
from allsquare.features.identity.sessions.granting import well_known
from allsquare.features.identity.sessions.http import doors, here
from allsquare.features.identity.sessions.http import router as sessions
from allsquare.features.identity.tokens.http import router as tokens

IDENTITY_ROUTERS: tuple[APIRouter, ...] = (
    passkeys,
    passkey_doors,
    *ACCOUNT_ROUTERS,
    doors,
    here,
    sessions,
    granting,
    tokens,
    audit,
)
WELL_KNOWN = well_known
"""Served without the prefix of a version, where others look for it."""
