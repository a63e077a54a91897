"""Speak the wire format every feature shares: JSON, amounts, ids, pages, headers."""
