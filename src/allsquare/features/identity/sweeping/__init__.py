"""Clear away, once a day, what ended long ago and nobody can use any more."""
