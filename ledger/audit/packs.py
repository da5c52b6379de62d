"""Packs, cartons and pallets: where a lot is once it is packed.

A lot is packed in serials, serials are put into cartons, and these onto pallets; what
leaves is the pallet. So what became of a lot is read there.
"""

from collections.abc import Iterator
from typing import Final

from ledger.audit.book import Thing
from ledger.audit.record import TESTING, Record

OUTWARD: Final = frozenset({"departing", "shipping", "transporting"})
"""Steps in which goods leave."""
ON_SALE: Final = frozenset({"retail_selling", "stocking"})
_OUT: Final = OUTWARD | ON_SALE
_MOST: Final = 20_000


def lots_of(thing: Thing) -> tuple[str, ...]:
    """Return the lots that a pack was made in: what came out with it by number."""
    return tuple(
        dict.fromkeys(
            made.name
            for flow in thing.made_by
            for made in flow.outputs
            if made.quantity and made.name != thing.name
        )
    )


def serials_of(lot: Thing) -> tuple[str, ...]:
    """Return the packs that came out with a lot."""
    return tuple(
        dict.fromkeys(
            made.name
            for flow in lot.made_by
            for made in flow.outputs
            if not made.quantity and made.name != lot.name
        )
    )


def told_of_packs(lot: Thing) -> Iterator[Record]:
    """Yield what is told of a lot, of its packs, and of what they were packed into."""
    waiting = [lot.name, *serials_of(lot)]
    seen = {*waiting}
    for name in waiting:
        thing = lot if name == lot.name else lot.book.thing(name)
        for record in thing.records:
            yield record
            if record.type != "AggregationEvent":
                continue
            outer = next((t.name for t in record.things if t.role == "parent"), "")
            if outer and outer not in seen and len(seen) < _MOST:
                seen.add(outer)
                waiting.append(outer)


def first_out(lot: Thing) -> Record | None:
    """Return the first record of a lot, or of a pack of it, that leaves or is on sale.

    None if none did.
    """
    return min(
        (r for r in told_of_packs(lot) if r.step in _OUT),
        key=lambda r: (r.at_us, r.index),
        default=None,
    )


def act_of(record: Record) -> str:
    """Return what was done, in a word."""
    return "release" if is_release(record) else record.process or record.step


def is_release(record: Record) -> bool:
    """Tell whether a record says of goods that they may be sold."""
    return record.step == TESTING and record.disposition in {
        "sellable_accessible",
        "sellable_not_accessible",
    }
