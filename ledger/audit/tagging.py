"""Tagging: an animal bears one tag, and a tag is on one animal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.audit.book import Book, Thing
from ledger.audit.finding import Finding, basis_of, finding_of
from ledger.audit.herdbook import Animal, is_animal
from ledger.audit.record import Record

_TYPE: Final = "AssociationEvent"
_TAGGING: Final = frozenset({"installing", "replacing"})


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


def tags(animal: Animal) -> Iterator[Finding]:
    """Yield what does not fit of the tags that an animal bore."""
    worn = _worn_by(animal.thing)
    if worn:
        yield from _on_two_animals(animal.thing, worn)
        yield from _two_at_once(animal.thing, worn)
        yield from _late(animal, worn[0])


def _on_two_animals(thing: Thing, worn: Sequence[_Wearing]) -> Iterator[Finding]:
    """Yield a finding for each tag of an animal that another one bears already."""
    for own in worn:
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


def _two_at_once(thing: Thing, worn: Sequence[_Wearing]) -> Iterator[Finding]:
    """Yield a finding if an animal bears two tags at one time."""
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


def _late(animal: Animal, tag: _Wearing) -> Iterator[Finding]:
    """Yield a finding if an animal got its first tag later than is allowed."""
    born, template = animal.kin.born, animal.template
    bound = None if template is None else template.bound("tag.after.birth")
    if born is None or template is None or bound is None:
        return
    first = tag.since
    days = first.day - born.day
    most = bound.expected.most
    if most is not None and days > most:
        yield finding_of(
            "tag-late",
            "notice",
            first,
            about=(animal.name, tag.tag),
            values={"animal": animal.name, "days": str(days), "most": f"{most:f}"},
            entries=[born.index],
            basis=basis_of(template, bound),
        )


def _worn_by(thing: Thing) -> list[_Wearing]:
    """Return the tags that an animal bore, by who has a say about it."""
    tagged = [r for r in thing.in_time if r.type == _TYPE and _is_tagging(r)]
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
    return record.type == _TYPE and (
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


RULE_IDS: Final = ("tag-on-two-animals", "two-tags-on-animal", "tag-late")
"""What ``tags`` looks for in each animal."""
