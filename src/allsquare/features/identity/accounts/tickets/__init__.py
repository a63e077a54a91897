"""Keep what links that are good once allow: to sign up, to choose a password, to verify an address."""
