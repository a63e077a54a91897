"""Offer expenses: recorded, listed, revised, deleted, restored, and their history."""
