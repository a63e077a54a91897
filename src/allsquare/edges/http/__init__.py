"""Serve the API over HTTP."""
