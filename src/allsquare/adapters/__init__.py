"""Reach the network for others: each neighbour is a Protocol, the real one, and one in memory."""
