"""The HTTP service: it translates between HTTP and the ledger and decides nothing."""
