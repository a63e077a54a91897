"""Tell what a user owes and is owed over all events, person by person."""
