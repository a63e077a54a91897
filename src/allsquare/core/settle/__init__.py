"""Propose payments that bring every position to zero."""
