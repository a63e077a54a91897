"""Offer events: created, listed, renamed, their members, and their life."""
