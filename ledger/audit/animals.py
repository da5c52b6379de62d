"""Animals: one of them is at one place at a time, and gives milk while it lives.

What is looked for in their tags stands in ``tagging``, in their calves in ``calving``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from ledger.audit import calving, tagging
from ledger.audit.book import Thing
from ledger.audit.check import SINGLE, Check, ThingCheck
from ledger.audit.finding import Finding, finding_of
from ledger.audit.herdbook import (
    Animal,
    ends,
    gives_milk,
    is_animal,
    is_before,
    is_closing,
    is_opening,
    place_of,
)
from ledger.audit.record import Record
from ledger.errors import EventError
from ledger.event import parse_instant
from ledger.flags import Stay as Boundary
from ledger.flags import flags_of_stays

_HERD_KINDS: Final = frozenset({"household", "farm", "cooperative"})
_MINUTE_US: Final = 60_000_000


def stays_at_once(animal: Animal) -> Iterator[Finding]:
    """Yield a finding for each stay that does not fit the others of an animal."""
    thing = animal.thing
    if not animal.has_moved:
        return
    by_index = {r.index: r for r in animal.told}
    told = [
        (
            r.index,
            Boundary(
                r.event_id,
                is_error_declaration=False,
                is_boundary=is_opening(r, thing.name) or is_closing(r, thing.name),
                is_opening=not is_closing(r, thing.name),
                instant_us=r.at_us,
                place=place_of(r),
            ),
        )
        for r in animal.told
    ]
    for flag in flags_of_stays(told):
        record, other = by_index[flag.index], by_index[int(flag.detail.lstrip("#"))]
        if flag.code == "overlap":
            yield from _overlap(animal, record, other)
        else:
            yield finding_of(
                "animal-left-before-it-came",
                "warning",
                record,
                about=(thing.name,),
                values={
                    "animal": thing.name,
                    "place": place_of(record),
                    "time": record.time,
                    "came": other.time,
                    "who": record.party,
                },
                entries=[other.index],
                mark=record.event_id,
            )


def seen_elsewhere(animal: Animal) -> Iterator[Finding]:
    """Yield a finding for each herd in which an animal is seen and does not stay."""
    thing = animal.thing
    places = [place_of(r) for r in thing.all_records]
    if places.count(places[0]) == len(places) and not animal.has_moved:
        return
    if not animal.stays:
        return
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in animal.told:
        is_boundary = is_opening(record, thing.name) or is_closing(record, thing.name)
        is_told = record.place and not is_boundary
        if is_told and _is_elsewhere(animal, record):
            found[place_of(record)].append(record)
    for place, records in found.items():
        yield _seen_at(animal, place, records)


def after_its_end(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if an animal is told of as alive after it is no more."""
    thing = animal.thing
    end = animal.end
    if end is None:
        return
    later = [
        r
        for r in animal.told
        if is_before(end, r) and not is_closing(r, thing.name) and _is_act(r, thing)
    ]
    if not later:
        return
    milked = [r for r in later if gives_milk(r, thing.name)]
    shown = milked or later
    yield finding_of(
        "animal-after-its-end",
        "critical" if milked else "warning",
        shown[0],
        about=(thing.name,),
        values={
            "animal": thing.name,
            "end": end.time,
            "end_who": end.party,
            "who": shown[0].party,
            "count": str(len(later)),
            "milkings": str(len(milked)),
            "first": later[0].time,
            "last": later[-1].time,
        },
        entries=[end.index, *(r.index for r in later)],
    )


def male_milked(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if a male gives milk."""
    thing = animal.thing
    if animal.kin.sex != "male" or not animal.milkings:
        return
    entry = animal.kin.entry
    yield finding_of(
        "male-milked",
        "critical",
        animal.milkings[0],
        about=(thing.name,),
        values={
            "animal": thing.name,
            "count": str(len(animal.milkings)),
            "days": str(len({r.day for r in animal.milkings})),
            "first": animal.milkings[0].time,
            "last": animal.milkings[-1].time,
            "who": animal.milkings[0].party,
        },
        entries=[
            *(() if entry is None else (entry.index,)),
            *(r.index for r in animal.milkings),
        ],
    )


def dry_milked(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if an animal gives milk after it was dried off."""
    thing = animal.thing
    dried = [r for r in thing.in_time if r.process == "drying off"]
    for record in dried:
        until = next((c for c in animal.calvings if is_before(record, c)), None)
        later = [
            r
            for r in animal.milkings
            if is_before(record, r) and (until is None or is_before(r, until))
        ]
        if later:
            yield finding_of(
                "dry-animal-milked",
                "warning",
                later[0],
                about=(thing.name,),
                values={
                    "animal": thing.name,
                    "dried": record.time,
                    "who": later[0].party,
                    "count": str(len(later)),
                    "days": str(len({r.day for r in later})),
                    "first": later[0].time,
                    "last": later[-1].time,
                },
                entries=[record.index, *(r.index for r in later)],
                mark=record.event_id,
            )
            return


def withdrawal_milk(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if milk of a treated animal went on before it may."""
    thing = animal.thing
    for treated in thing.in_time:
        if "withdrawalUntil" not in treated.facts:
            continue
        until_us = _withdrawn_until(treated)
        if until_us is None:
            continue
        milked = [
            r
            for r in animal.poured
            if is_before(treated, r) and r.at_us < until_us and animal.is_kept(r)
        ]
        if not milked:
            continue
        flows = [animal.book.flow(r) for r in milked]
        lots = [*dict.fromkeys(lot.name for flow in flows for lot in flow.outputs)]
        yield finding_of(
            "withdrawal-milk",
            "critical",
            milked[0],
            about=(thing.name, *lots),
            values={
                "animal": thing.name,
                "treated": treated.time,
                "until": treated.fact("withdrawalUntil"),
                "who": treated.party,
                "count": str(len(milked)),
                "first": milked[0].time,
                "last": milked[-1].time,
                "lot": lots[0],
            },
            entries=[treated.index, *(r.index for r in milked)],
            mark=treated.event_id,
        )


def _withdrawn_until(record: Record) -> int | None:
    """Return until when milk may not be used after a treatment; None if it may."""
    try:
        return parse_instant(record.fact("withdrawalUntil"), "")
    except EventError:
        return None


def _overlap(animal: Animal, record: Record, other: Record) -> Iterator[Finding]:
    earlier = next((s for s in animal.stays if s.opening.index == other.index), None)
    closing = None if earlier is None else earlier.closing
    if closing is None:
        return
    yield finding_of(
        "animal-in-two-herds",
        "warning",
        record,
        about=(animal.name,),
        values={
            "animal": animal.name,
            "place": place_of(record),
            "time": record.time,
            "who": record.party,
            "other": place_of(other),
            "since": other.time,
            "until": closing.time,
            "other_who": closing.party,
            "days": str(max(1, closing.day - record.day)),
        },
        entries=[other.index, closing.index],
        mark=record.event_id,
    )


def _is_elsewhere(animal: Animal, record: Record) -> bool:
    """Tell whether an animal is seen in a herd in which it does not stay."""
    place, book = place_of(record), animal.book
    holders = {*book.holders(place)}
    if not any(book.kind_of(party) in _HERD_KINDS for party in holders):
        return False
    at = [stay for stay in animal.stays if stay.has(record)]
    return not any(
        stay.place == place or not holders.isdisjoint(book.holders(stay.place))
        for stay in at
    )


def _seen_at(animal: Animal, place: str, records: list[Record]) -> Finding:
    first = records[0]
    at = next((stay for stay in animal.stays if stay.has(first)), None)
    values = {
        "animal": animal.name,
        "place": place,
        "count": str(len(records)),
        "first": first.time,
        "last": records[-1].time,
        "who": first.party,
    }
    if at is None:
        return finding_of(
            "animal-where-it-does-not-stay",
            "warning",
            first,
            about=(animal.name,),
            values=values,
            entries=[r.index for r in records],
            mark=place,
        )
    home = [r for r in animal.told if place_of(r) == at.place]
    _, seen, near = min(
        ((abs(r.at_us - seen.at_us), seen, r) for seen in records for r in home),
        key=lambda each: (each[0], each[1].index, each[2].index),
    )
    return finding_of(
        "animal-at-two-places",
        "warning",
        seen,
        about=(animal.name,),
        values=values
        | {
            "home": at.place,
            "time": seen.time,
            "home_time": near.time,
            "minutes": str(abs(near.at_us - seen.at_us) // _MINUTE_US),
        },
        entries=[near.index, *(r.index for r in records)],
        mark=place,
    )


def _is_act(record: Record, thing: Thing) -> bool:
    """Tell whether a record has an animal do or suffer something while it lives."""
    return not ends(record, thing.name) and record.amount(thing.name) is not None


def life(thing: Thing) -> Iterator[Finding]:
    """Yield what does not fit of an animal; of anything else, nothing."""
    if is_animal(thing):
        animal = Animal(thing)
        for look in _LOOKS:
            yield from look(animal)


_LOOKS: Final[tuple[Callable[[Animal], Iterator[Finding]], ...]] = (
    tagging.tags,
    stays_at_once,
    seen_elsewhere,
    after_its_end,
    male_milked,
    dry_milked,
    withdrawal_milk,
    *calving.LOOKS,
)
CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(
        (
            *tagging.RULE_IDS,
            "animal-in-two-herds",
            "animal-left-before-it-came",
            "animal-at-two-places",
            "animal-where-it-does-not-stay",
            "animal-after-its-end",
            "male-milked",
            "dry-animal-milked",
            "withdrawal-milk",
            *calving.RULE_IDS,
        ),
        life,
        SINGLE,
    ),
)
