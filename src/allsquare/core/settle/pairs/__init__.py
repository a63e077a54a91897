"""Settle between those who owe each other already, or who are allowed to pay each other."""
