"""Animals: one of them is at one place, bears one tag, and gives milk while it lives.

What is said of calving and of days in milk stands in ``calving``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.audit import calving
from ledger.audit.book import Book, Thing, basis_of, finding_of
from ledger.audit.check import Check, ThingCheck
from ledger.audit.finding import Finding
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
_TAGGING: Final = frozenset({"installing", "replacing"})
_MINUTE_US: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class _Wearing:
    """How long an animal bore a tag."""

    animal: str
    tag: str
    since: Record
    until: Record | None
    has_standing: bool

    def order(self) -> tuple[bool, int, int]:
        """Sort first whoever has a say about the tag, and who came first."""
        return (not self.has_standing, self.since.at_us, self.since.index)

    def meets(self, other: "_Wearing") -> bool:
        """Tell whether both bear it at one time."""
        return not (_is_over(self, other) or _is_over(other, self))


def tag_on_two_animals(animal: Animal) -> Iterator[Finding]:
    """Yield a finding for each tag of an animal that another one bears already."""
    thing = animal.thing
    for own in _worn_by(thing):
        tag = thing.book.thing(own.tag)
        borne = [w for w in _wearings(tag) if is_animal(thing.book.thing(w.animal))]
        mine = next((w for w in borne if w.since.index == own.since.index), own)
        for other in borne:
            if other.animal == thing.name or not mine.meets(other):
                continue
            if other.order() < mine.order():
                yield finding_of(
                    "tag-on-two-animals",
                    "critical",
                    own.since,
                    about=(thing.name, own.tag, other.animal),
                    values={
                        "tag": own.tag,
                        "animal": thing.name,
                        "time": own.since.time,
                        "who": own.since.party,
                        "other": other.animal,
                        "other_time": other.since.time,
                        "other_who": other.since.party,
                    },
                    entries=[other.since.index],
                    mark=own.tag,
                )
                break


def two_tags_on_animal(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if an animal bears two tags at one time."""
    thing = animal.thing
    worn = _worn_by(thing)
    both = [w for w in worn if any(w is not o and w.meets(o) for o in worn)]
    tags = [*dict.fromkeys(w.tag for w in both)]
    if len(tags) < 2:
        return
    last = both[-1]
    yield finding_of(
        "two-tags-on-animal",
        "warning",
        last.since,
        about=(thing.name, *tags),
        values={
            "animal": thing.name,
            "count": str(len(tags)),
            "first": tags[0],
            "time": both[0].since.time,
            "last": tags[-1],
            "last_time": last.since.time,
            "who": last.since.party,
        },
        entries=[w.since.index for w in both],
    )


def late_tag(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if an animal got its first tag later than is allowed."""
    thing = animal.thing
    worn = _worn_by(thing)
    born, template = animal.kin.born, animal.template
    bound = None if template is None else template.bound("tag.after.birth")
    if not worn or born is None or template is None or bound is None:
        return
    first = worn[0].since
    days = first.day - born.day
    most = bound.expected.most
    if most is not None and days > most:
        yield finding_of(
            "tag-late",
            "notice",
            first,
            about=(thing.name, worn[0].tag),
            values={"animal": thing.name, "days": str(days), "most": f"{most:f}"},
            entries=[born.index],
            basis=basis_of(template, bound),
        )


def stays_at_once(animal: Animal) -> Iterator[Finding]:
    """Yield a finding for each stay that does not fit the others of an animal."""
    thing = animal.thing
    if not any(is_closing(r, thing.name) for r in thing.all_records):
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
    has_moved = any(is_closing(r, thing.name) for r in thing.all_records)
    is_at_one = len({place_of(r) for r in thing.all_records}) < 2
    if is_at_one and not has_moved:
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
    told = record.fact("withdrawalUntil")
    if not told:
        return None
    try:
        return parse_instant(told, "")
    except EventError:
        return None


def _worn_by(thing: Thing) -> list[_Wearing]:
    """Return the tags that an animal bore, by who has a say about it."""
    tagged = [r for r in thing.in_time if _is_tagging(r)]
    if not any(r.amount(thing.name, "parent") for r in tagged):
        return []
    found: list[_Wearing] = []
    for record in tagged:
        if record.amount(thing.name, "parent") is None:
            continue
        tags = [each.name for each in record.things if each.role == "child"]
        if record.action == "DELETE" or record.step == "replacing":
            off = {*tags} if record.action == "DELETE" else set()
            found = [_until(w, record) if not off or w.tag in off else w for w in found]
        if record.action != "DELETE":
            found += [_Wearing(thing.name, t, record, None, True) for t in tags]
    ended = {w.tag: _gone(thing.book, w.tag) for w in found}
    return [_until(w, gone) if (gone := ended[w.tag]) else w for w in found]


def _wearings(tag: Thing) -> list[_Wearing]:
    """Return which animals bore a tag, whoever says so."""
    entitled = {r.index for r in tag.records}
    told = sorted((*tag.records, *tag.apart), key=lambda r: (r.at_us, r.index))
    found: list[_Wearing] = []
    for record in told:
        parent = next((t.name for t in record.things if t.role == "parent"), "")
        if not _is_tagging(record) or not parent:
            continue
        if record.action == "DELETE":
            found = [_until(w, record) if w.animal == parent else w for w in found]
        elif record.amount(tag.name, "child"):
            is_entitled = record.index in entitled
            found.append(_Wearing(parent, tag.name, record, None, is_entitled))
    return found


def _is_tagging(record: Record) -> bool:
    return record.type == "AssociationEvent" and (
        record.step in _TAGGING or record.action == "DELETE"
    )


def _until(wearing: _Wearing, end: Record) -> _Wearing:
    if wearing.until is not None:
        return wearing
    return _Wearing(
        wearing.animal, wearing.tag, wearing.since, end, wearing.has_standing
    )


def _gone(book: Book, tag: str) -> Record | None:
    """Return what says that a tag is no more."""
    told = book.thing(tag).in_time
    return next((r for r in told if r.action == "DELETE" and r.amount(tag)), None)


def _is_over(one: _Wearing, other: _Wearing) -> bool:
    return one.until is not None and one.until.at_us <= other.since.at_us


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
        for look in (*_LOOKS, *calving.LOOKS):
            yield from look(animal)


_LOOKS: Final[tuple[Callable[[Animal], Iterator[Finding]], ...]] = (
    tag_on_two_animals,
    two_tags_on_animal,
    late_tag,
    stays_at_once,
    seen_elsewhere,
    after_its_end,
    male_milked,
    dry_milked,
    withdrawal_milk,
)
CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(
        (
            "tag-on-two-animals",
            "two-tags-on-animal",
            "tag-late",
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
    ),
)
