"""Mass: no more comes out of anything than went in, and nothing is used twice."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ledger.audit.book import Thing, finding_of, shown
from ledger.audit.check import Check, ThingCheck
from ledger.audit.finding import Finding

_EXACT: Final = Decimal("0.0005")
"""Scales tell kilograms to the gram: half of one is no difference."""


def more_used_than_made(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if more of a thing went on than there was."""
    if not thing.is_made or not thing.used_by:
        return
    made, used = thing.made_kg, thing.used_kg
    if made is None or used is None or used <= made + _EXACT:
        return
    last = max((flow.first for flow in thing.used_by), key=lambda r: r.at_us)
    yield finding_of(
        "more-used-than-made",
        "critical",
        last,
        about=(thing.name,),
        values={
            "lot": thing.name,
            "made": shown(made),
            "used": shown(used),
            "uses": str(len(thing.used_by)),
            "excess": shown(used - made),
        },
        entries=[
            index for flow in (*thing.made_by, *thing.used_by) for index in flow.entries
        ]
        + [r.index for r in thing.added_by],
    )


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("more-used-than-made",), more_used_than_made),
)
