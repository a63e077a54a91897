"""Find the fewest payments: divide people into zero-sum parts, as many as can be found, and prove how many can be."""
