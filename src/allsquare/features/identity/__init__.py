"""Know who is asking: users, tokens, and the context every request handler gets."""
