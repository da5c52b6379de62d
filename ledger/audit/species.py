"""Species: goods that are told to be of one are of one, and of which is told."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.book import Book, Period, Thing
from ledger.audit.check import GOODS, Check, PeriodCheck, ThingCheck
from ledger.audit.finding import Finding, finding_of
from ledger.audit.flow import Flow
from ledger.audit.quantities import flows_about, is_animal, month_text, packs
from ledger.audit.record import Record
from ledger.massflow import item_of
from ledger.template import template_for

_MOST_NAMED: Final = 100
_MOST_BEHIND: Final = 10_000
_CAME_IN: Final = frozenset({"accepting", "arriving", "collecting", "receiving"})


def mixed(thing: Thing) -> Iterator[Finding]:
    """Yield a finding where goods of different products were put together."""
    for flow in flows_about(thing):
        book = thing.book
        by_input = {each.name: book.products(each.name) for each in flow.inputs}
        if len({*by_input.values()}) < 2:
            continue
        products = frozenset().union(*by_input.values())
        if len(products) < 2 or any(len(each) > 1 for each in by_input.values()):
            continue
        claims = _claims(book, thing.name)
        yield finding_of(
            "species-mixed",
            "critical" if claims and len(claims) == 1 else "warning",
            flow.first,
            about=(thing.name, *by_input),
            values={
                "lot": thing.name,
                "products": ", ".join(sorted(products)),
                "time": flow.first.time,
                "party": flow.first.party,
                "process": flow.process or flow.first.step,
            },
            entries=[*flow.entries, *_entries_made(book, flow)],
        )


def not_as_claimed(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if packs are made of another species than the recipe says."""
    if not any(packs(flow) for flow in flows_about(thing)):
        return
    claims = _claims(thing.book, thing.name)
    if not claims:
        return
    others = {
        word: record
        for word, record in _species_behind(thing.book, thing.name).items()
        if word not in claims and not _is_product_of(thing.book, word, claims)
    }
    if not others:
        return
    last = thing.made_by[-1]
    yield finding_of(
        "recipe-not-as-made",
        "critical",
        last.first,
        about=(thing.name, item_of(thing.name)),
        values={
            "lot": thing.name,
            "recipe": ", ".join(claims),
            "products": ", ".join(sorted(others)),
            "source": next(iter(others.values())).names[-1],
            "time": last.first.time,
            "party": last.first.party,
        },
        entries=[
            *(index for flow in thing.made_by for index in flow.entries),
            *(record.index for record in others.values()),
            *(
                r.index
                for r in thing.book.thing(item_of(thing.name)).records
                if r.fact("ilmd.recipe.species")
            ),
        ],
    )


def others_at_site(period: Period) -> Iterator[Finding]:
    """Yield a finding if goods of another species came to where a product is made."""
    came: dict[str, list[tuple[Record, str]]] = {}
    for record in period.records:
        if record.step not in _CAME_IN or record.type == "TransformationEvent":
            continue
        for amount in record.things:
            if amount.role != "about" or is_animal(amount.name):
                continue
            product = _product_of(period.book, record, amount.name)
            if product:
                came.setdefault(product, []).append((record, amount.name))
    made = _made_beside(period, frozenset(came)) if came else frozenset[str]()
    for product, told in came.items():
        if not made or product in made:
            continue
        first = told[0][0]
        names = tuple(dict.fromkeys(name for _, name in told))
        yield finding_of(
            "other-species-at-site",
            "warning",
            first,
            about=(period.name, *names[:_MOST_NAMED]),
            values={
                "place": period.name,
                "month": month_text(period.month),
                "count": str(len(names)),
                "first": names[0],
                "product": product,
                "made": ", ".join(sorted(made)),
                "time": first.time,
                "party": first.party,
            },
            entries=[record.index for record, _ in told],
            mark=f"{product} {period.month}",
        )


def _made_beside(period: Period, came: frozenset[str]) -> frozenset[str]:
    """Return the products made at a place; nothing, once all that came are made."""
    made: set[str] = set()
    for record in period.records:
        if record.type == "TransformationEvent":
            for amount in record.outputs:
                made |= period.book.products(amount.name)
            if came <= made:
                return frozenset()
    return frozenset(made)


def _product_of(book: Book, record: Record, name: str) -> str:
    found = book.products(name)
    if len(found) == 1:
        return next(iter(found))
    said = record.fact("species") or record.fact("ilmd.species")
    breed = record.fact("breed") or record.fact("ilmd.breed")
    fits = None
    if said or breed:
        fits = template_for(book.templates, species=said, breed=breed)
    return "" if fits is None else fits.product


def _claims(book: Book, name: str) -> tuple[str, ...]:
    """Return the species of which the recipe says that a product is made."""
    for each in (name, item_of(name)):
        for record in reversed(book.thing(each).records) if each else ():
            said = record.fact("ilmd.recipe.species")
            if said and each in record.created:
                return tuple(said.casefold().split())
    return ()


def _species_behind(book: Book, name: str) -> dict[str, Record]:
    """Return the species that are told of all that goods were made of, and where."""
    found: dict[str, Record] = {}
    waiting, seen = [name], {name}
    while waiting and len(seen) < _MOST_BEHIND:
        thing = book.thing(waiting.pop())
        makers = [r for flow in thing.made_by for r in flow.records]
        for record in (*makers, *thing.added_by):
            word = record.fact("species") or record.fact("ilmd.species")
            if word:
                found.setdefault(word.casefold(), record)
                continue
            new = [each.name for each in record.inputs if each.name not in seen]
            seen.update(new)
            waiting += new
    return found


def _is_product_of(book: Book, word: str, claims: tuple[str, ...]) -> bool:
    """Tell whether a species is one that is claimed, in another word for it."""
    fits = template_for(book.templates, species=word)
    claimed = [template_for(book.templates, species=each) for each in claims]
    return fits is not None and fits in claimed


def _entries_made(book: Book, flow: Flow) -> list[int]:
    return [
        index
        for each in flow.inputs
        for maker in book.thing(each.name).made_by
        for index in maker.entries
    ]


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("species-mixed",), mixed, GOODS),
    ThingCheck(("recipe-not-as-made",), not_as_claimed, GOODS),
    PeriodCheck("place", ("other-species-at-site",), others_at_site),
)
