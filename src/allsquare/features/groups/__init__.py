"""Offer groups: reusable rosters that events copy."""
