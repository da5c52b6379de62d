"""Which bound applies where a thing has a template, and where it has none.

Late entries, clocks and speeds are no question of the product: where nothing says what
the goods are, as of a carton, the most generous bound of all templates is taken.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.audit.book import Book, Thing
from ledger.audit.finding import Basis, basis_of
from ledger.audit.record import Record
from ledger.template import Bound, Template

MINUTE_US: Final = 60_000_000
HOUR_US: Final = 60 * MINUTE_US
DAY_US: Final = 24 * HOUR_US


class Applied(NamedTuple):
    """A bound, and the template it is from."""

    template: Template
    bound: Bound

    @property
    def basis(self) -> Basis:
        """Return what a finding says of it."""
        return basis_of(self.template, self.bound)

    @property
    def usual(self) -> str:
        """Return the most that is usual, as it is written; ``inf`` for no end."""
        most = self.bound.expected.most
        return "inf" if most is None else f"{most:f}"


def bound_of(book: Book, names: Iterable[str], bound_id: str) -> Applied | None:
    """Return the bound of the first of some things that has one.

    Args:
        book: To find templates with.
        names: Of things, in any number.
        bound_id: Of the bound.
    """
    for name in names:
        template = book.template(name)
        bound = None if template is None else template.bound(bound_id)
        if template is not None and bound is not None:
            return Applied(template, bound)
    return most_generous(book, bound_id)


def bound_for(thing: Thing, bound_id: str) -> Applied | None:
    """Return the bound of a thing, or the most generous if it has none."""
    template = thing.template
    bound = None if template is None else template.bound(bound_id)
    if template is not None and bound is not None:
        return Applied(template, bound)
    return most_generous(thing.book, bound_id)


def most_generous(book: Book, bound_id: str) -> Applied | None:
    """Return the bound of that id, of any template, that lets the most pass.

    Of several, it is that of the template with most to say.
    """
    found = [
        Applied(template, bound)
        for template in book.templates
        if (bound := template.bound(bound_id)) is not None
    ]
    return max(found, key=_generosity, default=None)


def is_due(book: Book, record: Record) -> bool:
    """Tell whether what belongs to a record should have been recorded by now.

    It should, once the ledger goes on for as long after it as entries usually are late.
    """
    applied = bound_of(book, record.names, "late.entry")
    most = None if applied is None else applied.bound.expected.most
    return book.is_past(record.at_us + int((most or Decimal(1)) * DAY_US))


def _generosity(each: Applied) -> tuple[Decimal, int]:
    bound = each.bound
    widest = bound.critical or bound.warn or bound.expected
    reach = Decimal("inf") if widest.most is None else widest.most
    return reach, len(each.template.bounds)


def days(us: int) -> Decimal:
    """Return microseconds as days."""
    return Decimal(us) / DAY_US


def hours(us: int) -> Decimal:
    """Return microseconds as hours."""
    return Decimal(us) / HOUR_US


def minutes(us: int) -> Decimal:
    """Return microseconds as minutes."""
    return Decimal(us) / MINUTE_US
