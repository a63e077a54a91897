"""Offer sessions: signed in by cookie, or by tokens that are signed and renewed; listed, and ended."""
