"""Offer passkeys: signing in by a device's own key instead of a password."""
