"""List the routes of accounts, so that the application takes one import."""

from fastapi import APIRouter

IDENTITY_ROUTERS: tuple[APIRouter, ...] = ()
