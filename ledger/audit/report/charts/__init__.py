"""The drawings of a report, one module each: what is drawn, and how.

A drawing is a tree of :class:`ledger.chart.Shape`. Numbers in it are whole, and no
meaning is in a colour alone: what is odd has a form of its own, and all figures stand
in a table beside it.
"""
