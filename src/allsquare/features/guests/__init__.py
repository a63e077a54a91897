"""Let people into an event without an account: links, guests, claims, and merging two members who are one person."""
