"""The audit: what a verified ledger tells that cannot be, is unlikely or is missing.

A ledger that verifies says who said what, when, unaltered. Whether it adds up is asked
here: entries are read into :mod:`records <ledger.audit.records>`, one thing and one
place at a time is looked at by the checks of each family, and what they report names
the entries that show it, the rule, how sure that is, what else may explain it and what
to ask for next. What is expected of a product is its template's to say; a check knows
steps, masses and times, and no camel.
"""
