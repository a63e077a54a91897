"""Reach PostgreSQL: the embedded server, connections, transactions, migrations."""
