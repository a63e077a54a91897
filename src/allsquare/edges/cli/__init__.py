"""Offer everything at the command line; nothing is decided here."""
