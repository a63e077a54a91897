"""Record what users spend together without an event: each set of people has a ledger of its own, found or made."""
