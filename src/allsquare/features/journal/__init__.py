"""Offer the journal: activity, sync and realtime from one list."""
