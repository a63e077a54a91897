"""Start things up and wire them together; nothing is decided here."""
