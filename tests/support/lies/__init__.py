"""Lies of the one who runs a ledger, each with the step of the verifier it falls at."""
