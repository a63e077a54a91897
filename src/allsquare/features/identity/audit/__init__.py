"""Keep and show what was done to accounts: only ever added to."""
