"""Give people everything that is kept about them, and forget them when they ask for it."""
