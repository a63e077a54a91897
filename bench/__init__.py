"""Measure Allsquare beside PostgreSQL's own benchmark, everything in one run on one machine; see bench/README.md."""
