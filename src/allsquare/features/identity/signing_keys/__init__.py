"""Keep the keys that sign access tokens."""
