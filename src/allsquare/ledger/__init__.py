"""Keep the books: post commands, read what they add up to, prove that it is right."""
