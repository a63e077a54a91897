"""Offer who owes whom and why: balances, positions, statements, plans."""
