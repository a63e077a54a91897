"""The house's own small tools; `make check` runs them."""
