"""List the routes of accounts, so that the application takes one import."""

from fastapi import APIRouter

from allsquare.features.identity.audit.http import router as audit

IDENTITY_ROUTERS: tuple[APIRouter, ...] = (audit,)
