"""Slow, independent definitions; they import nothing from ledger."""
