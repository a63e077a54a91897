"""Find the payments with the least fees, and prove what no payments can be cheaper than."""
