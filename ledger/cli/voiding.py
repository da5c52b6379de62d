"""What says that serials are on no pack: events to be signed by who issued them.

Spare codes are voided before anybody can stick them on something else. Who scans one
reads that it is void, and since when; that counts from whoever created the serials, or
from an authority, and from nobody else.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import typer

from ledger.cli.outcome import with_hint
from ledger.cli.paper import Code
from ledger.encoding import Json, canonical
from ledger.errors import MalformedError

PER_EVENT: Final = 100
"""Serials in one event, which admission takes up to 16 KiB of."""


def print_voiding(
    codes: Sequence[Code], *, place: str | None, reason: str, time: str
) -> None:
    """Print events that void serials, one a line, for ``caravan sign``.

    Args:
        codes: Of serials, at least one.
        place: Where they are voided.
        reason: Why, in the words of whoever signs.
        time: When, in UTC.

    Raises:
        MalformedError: One is no serial, or is named twice, or there is no place.
    """
    serials = [each.serial for each in codes]
    if not serials or "" in serials:
        raise with_hint(
            MalformedError("label: want serials to void"),
            "name them: …/01/GTIN/21/SERIAL, or a lot and --serials FILE",
        )
    if len({*serials}) < len(serials):
        raise MalformedError("label: a serial is named twice")
    if place is None:
        raise with_hint(
            MalformedError("place: none where they are voided"),
            "give --place URI, a place of whoever signs",
        )
    for event in _events(serials, place=place, reason=reason, time=time):
        typer.echo(canonical(event))


def _events(
    serials: Sequence[str], *, place: str, reason: str, time: str
) -> Iterator[dict[str, Json]]:
    for first in range(0, len(serials), PER_EVENT):
        yield {
            "type": "ObjectEvent",
            "action": "DELETE",
            "bizStep": "decommissioning",
            "disposition": "inactive",
            "epcList": [*serials[first : first + PER_EVENT]],
            "eventTime": time,
            "eventTimeZoneOffset": "+00:00",
            "readPoint": {"id": place},
            "caravan:reason": reason,
        }
