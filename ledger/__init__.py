"""The ledger: formats, log, directory, index, verifier and command line."""
