"""Keep accounts: signing up, one's own account, those of others, invitations, and ways back in."""
