"""``caravan supply``: count a verified ledger again: volume, season, shares, gaps."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Final

import typer

from ledger.cli import verdict
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.ledgers import LedgerTarget, Row, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Policy
from ledger.cli.outcome import printable
from ledger.cli.trusting import choose_policy
from ledger.cli.verify import judge_ledger
from ledger.encoding import Json, canonical
from ledger.errors import LedgerError
from ledger.pins import default_pins
from ledger.supply import Figure, HarvestReport, Span, SupplyReport, supply_of

_SHOWN: Final = 10
"""Households and weeks shown; --json has all."""


def supply(
    source: Annotated[
        str,
        typer.Argument(help="URL of a ledger, folder, database or copied log."),
    ],
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    as_json: AsJson = False,
) -> None:
    """Count what a ledger tells of supply: volume, season, households, tests, gaps.

    The ledger is verified first, from its first entry to its last. Exit status: as of
    "verify".
    """
    pins = default_pins(os.environ)
    choose = partial(
        choose_policy, pins=pins, given=policy, accept_served=accept_policy
    )
    try:
        with open_target(source) as target:
            read = _Read(target)
            found = judge_ledger(read.watched(), choose, pins)
            report = supply_of(target.origin, read.entries).report()
    except LedgerError as error:
        raise typer.Exit(
            verdict.say_refusal(error, LEDGER_STEPS, source, as_json=as_json)
        ) from error
    if as_json:
        document: dict[str, Json] = {"outcome": "verified", "ledger": found.facts}
        typer.echo(canonical(document | {"supply": report.to_json()}))
        return
    typer.secho("verified", fg="green", nl=False)
    typer.echo(f": {found.headline}")
    for name in ("policy", "as_of"):
        typer.echo(f"{name.replace('_', ' ')}: {printable(str(found.facts[name]))}")
    for line in _lines(report):
        typer.echo(printable(line))
    typer.echo(found.closing)


@dataclass(slots=True)
class _Read:
    """The entries of a replay, kept while they were judged."""

    target: LedgerTarget
    entries: list[bytes] = field(default_factory=list)

    def watched(self) -> LedgerTarget:
        """Return the target, of which every entry that is read is kept."""
        return replace(self.target, entries=self._watch)

    def _watch(self, size: int, start: int) -> Iterator[Row]:
        # Whoever replays twice, because a key was changed, begins anew; whoever goes
        # on beyond what is cosigned does so where it was left.
        del self.entries[start:]
        for row in self.target.entries(size, start):
            self.entries.append(row[1])
            yield row


def _lines(report: SupplyReport) -> Iterator[str]:
    """Yield the figures as people read them."""
    yield f"counted: {report.size} entries of {report.origin}"
    for figure in report.figures:
        yield _figure(figure)
    kinds = ", ".join(f"{count} {kind}" for kind, count in report.kinds)
    yield f"parties by kind: {kinds or 'none'}"
    alarms = ", ".join(f"{count} {word}" for word, count in report.alarms)
    yield f"open alarms: {alarms or 'none'}"
    for harvest in report.harvests:
        yield from _harvest(harvest)
    if not report.harvests:
        yield "harvest: none"


def _figure(figure: Figure, before: str = "") -> str:
    of = f" of {figure.denominator}" if figure.denominator else ""
    if figure.rate:
        of = f" in {figure.denominator} days, {figure.rate} a day"
    percent = f" ({figure.percent} %)" if figure.percent else ""
    simulated = f"; simulated {figure.simulated}" if figure.simulated else ""
    unit = " KGM" if figure.unit == "KGM" and not figure.rate else ""
    return f"{before}{figure.name}: {figure.numerator}{of}{unit}{percent}{simulated}"


def _harvest(harvest: HarvestReport) -> Iterator[str]:
    yield f"harvest: {harvest.process}, until {harvest.last_day or 'no day'}"
    for figure in harvest.figures:
        yield _figure(figure, "  ")
    yield "  by month; then a tenth, half and nine tenths of its days have at most"
    for span in harvest.months:
        yield _span(span, "days")
    if harvest.years > 1:
        yield f"  by week of the year, over {harvest.years} years"
        yield from _some([_span(span, "years") for span in harvest.calendar])
    else:
        yield "  seasonal band: none, there is one year only"
    yield from _some([f"  {party}: {total} KGM" for party, total in harvest.parties])
    for unit, total in harvest.other_units:
        yield f"  in another unit, in no sum: {total} {unit}"


def _span(span: Span, count: str) -> str:
    band = f"{span.low} · {span.middle} · {span.high}"
    return f"  {span.name}: {span.total} KGM, {span.count} {count}, {band}"


def _some(lines: list[str]) -> Iterator[str]:
    """Yield the first lines, and how many more there are."""
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more (--json has all)"
