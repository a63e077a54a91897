"""List the routes of links, guests and merges, so that the application takes one import."""

from allsquare.features.guests.joining import claims
from allsquare.features.guests.joining import router as joining
from allsquare.features.guests.links import router as links
from allsquare.features.guests.merging import router as merging

GUEST_ROUTERS = (links, joining, claims, merging)
