"""How much went from step to step: added up from transformations, product by product.

A step is a template's. What it is of is what the first events say of species, and after
that what went in. Where several products went into one kind of step, and its events do
not say which they are of, it is left out: nothing is guessed. So is what was made of
more things than are kept here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ledger.audit.book import Book
from ledger.audit.record import Amount, Record
from ledger.template import Template, template_for

MOST_THINGS: Final = 200_000
"""Of so many it is known what they came of."""
_MOST_OVERDRAWN: Final = 50
NOTHING: Final = Decimal(0)
Key = tuple[str, str, str, str]
"""Product, business step, disposition and process."""


@dataclass(slots=True)
class Cell:
    """All transformations that say the same of what they are."""

    taken: Decimal = NOTHING
    made: Decimal = NOTHING
    lost: Decimal = NOTHING
    excess: Decimal = NOTHING
    missing: Decimal = NOTHING
    is_counted: bool = True
    by_party: defaultdict[str, Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )


class Masses:
    """Adds up transformations, in whatever order they come."""

    def __init__(self, book: Book) -> None:
        """Begin with nothing.

        Args:
            book: With the templates.
        """
        self._book = book
        self._cells: dict[Key, Cell] = {}
        self._made: dict[str, tuple[Key, str, Decimal]] = {}
        self._taken: dict[tuple[str, Key], Decimal] = {}
        self._open: defaultdict[str, list[Record]] = defaultdict(list)
        self.is_whole = True

    def add(self, record: Record) -> None:
        """Take an event in; one that is no transformation changes nothing."""
        if record.type != "TransformationEvent":
            return
        if record.flow:
            self._open[record.flow].append(record)
        else:
            self._add((record,))

    def settle(self) -> Mapping[Key, Template]:
        """Return of which product the transformations of each kind are.

        After it nothing is added any more.
        """
        for name in sorted(self._open):
            records = sorted(self._open[name], key=lambda each: each.index)
            self._add(tuple(records))
        self._open.clear()
        self._draw_over()
        return self._products()

    def _add(self, records: Sequence[Record]) -> None:
        first = records[0]
        inputs = [thing for record in records for thing in record.inputs]
        outputs = [thing for record in records for thing in record.outputs]
        key = (self._said(first), first.step, first.disposition, first.process)
        cell = self._cells.setdefault(key, Cell())
        taken, made = _sum(inputs), _sum(outputs)
        losses = [loss.kilograms for record in records for loss in record.losses]
        lost = sum((loss for loss in losses if loss is not None), NOTHING)
        if not _is_weighed(outputs):
            # Pieces: as many as went in, less what was lost.
            cell.is_counted = False
            made = max(taken - lost, NOTHING)
        elif _is_weighed(inputs) and None not in losses:
            over = made + lost - taken
            cell.excess += max(over, NOTHING)
            cell.missing += max(-over, NOTHING)
        cell.taken += taken
        cell.made += made
        cell.lost += lost
        origin = "" if taken else first.party
        if origin:
            cell.by_party[origin] += made
        self._keep(key, origin, inputs, outputs)

    def _keep(
        self,
        key: Key,
        origin: str,
        inputs: Iterable[Amount],
        outputs: Iterable[Amount],
    ) -> None:
        """Keep what each thing was made in, and what it was used in."""
        for thing in outputs:
            if thing.kilograms is None:
                continue
            if len(self._made) >= MOST_THINGS and thing.name not in self._made:
                self.is_whole = False
                continue
            _, _, before = self._made.get(thing.name, (key, origin, NOTHING))
            self._made[thing.name] = (key, origin, before + thing.kilograms)
        for thing in inputs:
            if thing.kilograms is None:
                continue
            use = (thing.name, key)
            if len(self._taken) >= MOST_THINGS and use not in self._taken:
                self.is_whole = False
                continue
            self._taken[use] = self._taken.get(use, NOTHING) + thing.kilograms

    def _said(self, record: Record) -> str:
        """Return the product that an event says that it is of; empty for none."""
        species = record.fact("species") or record.fact("ilmd.species")
        breed = record.fact("breed") or record.fact("ilmd.breed")
        if not species and not breed:
            return ""
        templates = self._book.templates
        processes = [record.process] if record.process else []
        found = template_for(
            templates, species=species, breed=breed, processes=processes
        ) or template_for(templates, species=species, breed=breed)
        return "" if found is None else found.product

    def _draw_over(self) -> None:
        """Add what was used of a thing beyond what was made of it."""
        used: defaultdict[str, Decimal] = defaultdict(Decimal)
        for (name, _), mass in self._taken.items():
            used[name] += mass
        over = [
            name for name, told in self._made.items() if used.get(name, 0) > told[2]
        ]
        for name in sorted(over)[:_MOST_OVERDRAWN]:
            # Here alone it matters who has a say: a stranger uses up nobody's goods.
            thing = self._book.thing(name)
            if thing.used_kg is not None and thing.made_kg is not None:
                excess = max(thing.used_kg - thing.made_kg, NOTHING)
                self._cells[self._made[name][0]].excess += excess

    def flows(self) -> Mapping[tuple[Key, str, Key], Decimal]:
        """Return what went from one kind of step, and party, into another."""
        found: defaultdict[tuple[Key, str, Key], Decimal] = defaultdict(Decimal)
        for (name, target), mass in self._taken.items():
            if name in self._made:
                source, origin, _ = self._made[name]
                found[source, origin, target] += mass
        return found

    def cell(self, key: Key) -> Cell:
        """Return all transformations of a kind."""
        return self._cells[key]

    def _products(self) -> dict[Key, Template]:
        """Return of which product the transformations of each kind are."""
        templates = {each.product: each for each in self._book.templates}
        known = {key: {key[0]} for key in self._cells if key[0]}
        sources: defaultdict[Key, set[Key]] = defaultdict(set)
        for source, _, target in self.flows():
            sources[target].add(source)
        has_grown = True
        while has_grown:
            has_grown = False
            for key in self._cells:
                if key[0]:
                    continue
                found = set().union(*(known.get(each, ()) for each in sources[key]))
                if found != known.get(key, set()):
                    known[key] = found
                    has_grown = True
        return {
            key: templates[next(iter(found))]
            for key, found in known.items()
            if len(found) == 1
        }


def _sum(things: Iterable[Amount]) -> Decimal:
    return sum((t.kilograms for t in things if t.kilograms is not None), NOTHING)


def _is_weighed(things: Sequence[Amount]) -> bool:
    """Tell whether there is a mass of all of them."""
    return bool(things) and all(thing.kilograms is not None for thing in things)
