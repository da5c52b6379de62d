"""Dates of goods: made when it is said, good until when it is said, and not made anew.

Old goods in new packs bear true codes and true masses. What tells of them are the
dates: of what went in, of the packing, and those that are printed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ledger.audit.book import Book, Thing
from ledger.audit.check import GOODS, Check, ThingCheck
from ledger.audit.finding import Finding, finding_of
from ledger.audit.flow import Flow
from ledger.audit.quantities import flows_about, is_animal, main_output, sources
from ledger.audit.record import Record
from ledger.massflow import item_of

_EPOCH: Final = date(1970, 1, 1)
_UNTIL: Final = ("ilmd.gs1:expirationDate", "ilmd.gs1:bestBeforeDate")
_MADE: Final = "ilmd.gs1:productionDate"
_DAYS: Final = {"DAY": 1, "WEE": 7, "ANN": 365}
_MONTHS_OF_YEAR: Final = 12
_ROUNDED_DAYS: Final = 3
"""By so many days months of different length may differ."""
_FAR_DAYS: Final = 31


def old_goods_in(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if a thing was made of goods that were past their date."""
    for flow in flows_about(thing) if sources(thing) else ():
        for amount in flow.inputs:
            if is_animal(amount.name):
                continue
            source = thing.book.thing(amount.name)
            until = _until(source)
            expired = _is_expired(source, flow)
            past = None if until is None else (_day(flow.first) - until[0]).days
            if (past is None or past <= 0) and expired is None:
                continue
            if until is not None and past is not None and past > 0:
                shown, days = str(until[0]), str(past)
                entry = until[1]
            else:
                entry = expired or flow.first
                shown, days = entry.time[:10], str(flow.first.day - entry.day)
            yield finding_of(
                "expired-goods-used",
                "critical",
                flow.first,
                about=(thing.name, amount.name),
                values={
                    "lot": thing.name,
                    "source": amount.name,
                    "date": shown,
                    "days": days,
                    "new_date": _printed(flow.first) or "-",
                    "process": flow.process or flow.first.step,
                    "time": flow.first.time,
                    "party": flow.first.party,
                },
                entries=[*flow.entries, entry.index],
                mark=amount.name,
            )


def stale_goods_packed(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if a product got a new date long after its goods were made."""
    printed = [flow for flow in flows_about(thing) if _printed(flow.first)]
    life = _shelf_life(thing) if printed else None
    if life is None:
        return
    for flow in printed:
        oldest = _oldest(thing.book, flow)
        if oldest is None:
            continue
        name, record = oldest
        age = flow.first.day - record.day
        if age * 2 <= life:
            continue
        yield finding_of(
            "stale-goods-packed",
            "critical" if age > life else "warning",
            flow.first,
            about=(thing.name, name),
            values={
                "lot": thing.name,
                "source": name,
                "made": record.time[:10],
                "age": str(age),
                "life": str(life),
                "new_date": _printed(flow.first),
                "time": flow.first.time,
                "party": flow.first.party,
            },
            entries=[*flow.entries, record.index],
        )


def printed_dates(thing: Thing) -> Iterator[Finding]:
    """Yield findings if the dates that are printed do not fit the making."""
    for flow in flows_about(thing):
        record = flow.first
        made = _as_date(record.fact(_MADE))
        if made is not None:
            yield from _production_date(thing, flow, made)
        until = _as_date(_printed(record))
        life = None if until is None else _shelf_life(thing)
        if until is None or life is None:
            continue
        begins = made or _day(record)
        beyond = (until - begins).days - life
        if beyond > _ROUNDED_DAYS:
            yield finding_of(
                "dated-too-long",
                "critical" if beyond > _FAR_DAYS else "warning",
                record,
                about=(thing.name,),
                values={
                    "lot": thing.name,
                    "until": str(until),
                    "made": str(begins),
                    "life": str(life),
                    "beyond": str(beyond),
                    "time": record.time,
                    "party": record.party,
                },
                entries=[*flow.entries, *_item_entries(thing)],
                mark=str(record.index),
            )


def _production_date(thing: Thing, flow: Flow, made: date) -> Iterator[Finding]:
    """Yield a finding if goods are dated after their packing, or before they were."""
    record = flow.first
    newest = _newest(thing.book, flow)
    if made > _day(record) + timedelta(days=1):
        other, entry = record.time[:10], record
    elif newest is not None and made < _day(newest[1]):
        other, entry = newest[1].time[:10], newest[1]
    else:
        return
    yield finding_of(
        "production-date-wrong",
        "critical",
        record,
        about=(thing.name,),
        values={
            "lot": thing.name,
            "printed": str(made),
            "other": other,
            "what": main_output(Flow((entry,))) or thing.name,
            "party": record.party,
        },
        entries=[*flow.entries, entry.index],
        mark=str(record.index),
    )


def _until(thing: Thing) -> tuple[date, Record] | None:
    """Return until when goods are good, and where that is said."""
    for record in reversed(thing.records):
        day = _as_date(_printed(record))
        if day is not None and thing.name in record.created:
            return day, record
    return None


def _is_expired(thing: Thing, flow: Flow) -> Record | None:
    """Return where goods were told to be expired before they were used."""
    for record in thing.in_time:
        is_told = record.disposition == "expired" or "expired" in record.set
        if is_told and record.at_us < flow.first.at_us:
            return record
    return None


def _oldest(book: Book, flow: Flow) -> tuple[str, Record] | None:
    made = _makings(book, flow)
    return min(made, key=lambda each: each[1].at_us) if made else None


def _newest(book: Book, flow: Flow) -> tuple[str, Record] | None:
    made = _makings(book, flow)
    return max(made, key=lambda each: each[1].at_us) if made else None


def _makings(book: Book, flow: Flow) -> list[tuple[str, Record]]:
    """Return where each input of a transformation was made first."""
    found = []
    for amount in flow.inputs:
        if is_animal(amount.name):
            continue
        source = book.thing(amount.name)
        makers = [each.first for each in source.made_by]
        if makers:
            found.append((amount.name, min(makers, key=lambda r: r.at_us)))
    return found


def _shelf_life(thing: Thing) -> int | None:
    """Return how many days a product keeps, as is said of it or its trade item."""
    for name in (thing.name, item_of(thing.name)):
        for record in reversed(thing.book.thing(name).records) if name else ():
            said = record.fact("ilmd.shelfLife")
            days = _as_days(said) if said and name in record.created else None
            if days is not None:
                return days
    return None


def _item_entries(thing: Thing) -> list[int]:
    item = item_of(thing.name)
    records = thing.book.thing(item).records if item else ()
    return [r.index for r in records if r.fact("ilmd.shelfLife")]


def _as_days(written: str) -> int | None:
    number, _, unit = written.partition(" ")
    if not number:
        return None
    if unit == "MON":
        return int(Decimal(number) * _DAYS["ANN"] / _MONTHS_OF_YEAR)
    return int(Decimal(number) * _DAYS[unit]) if unit in _DAYS else None


def _printed(record: Record) -> str:
    for fact in _UNTIL:
        if written := record.facts.get(fact):
            return written
    return ""


def _as_date(written: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _day(record: Record) -> date:
    return _EPOCH + timedelta(days=record.day)


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("expired-goods-used",), old_goods_in, GOODS),
    ThingCheck(("stale-goods-packed",), stale_goods_packed, GOODS),
    ThingCheck(("production-date-wrong", "dated-too-long"), printed_dates),
)
