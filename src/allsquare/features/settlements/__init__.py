"""Offer settlements: what was paid back outside the system, recorded and taken back."""
