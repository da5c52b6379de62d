"""What a report draws, read from the records: never more than fits on paper."""

from collections.abc import Sequence

from ledger.audit.book import Book
from ledger.audit.finding import Finding
from ledger.audit.report.model import Figures


def figures_of(book: Book, findings: Sequence[Finding]) -> Figures:
    """Return what is drawn.

    Args:
        book: Of all records.
        findings: What was found in them.
    """
    return Figures()
