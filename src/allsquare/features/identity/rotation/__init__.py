"""Seal everything anew with the current key."""
