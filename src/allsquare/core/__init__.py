"""Decide what happens to shared money: pure rules, no I/O, no clock, no randomness."""
