"""Read what other programs exported, so that it can be posted through the ledger like anything else."""
