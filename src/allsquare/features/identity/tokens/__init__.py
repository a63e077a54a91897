"""Offer personal access tokens: named, scoped, expiring, revocable, shown once."""
