"""Split, pool and settle shared money, and leave everyone all square."""
