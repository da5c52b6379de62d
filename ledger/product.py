"""What statements say of a product: facts of trade items, lots and animals.

They stand in ``ilmd`` (EPCIS 2.0, 7.3.7) of the event that brings its subjects into
being, in words of GS1's vocabulary and of the Core Business Vocabulary, and in the
ledger's own where these have none. Members that are not in the table are not shown,
malformed ones give nothing: validity does not read them.

Pure and total. ``scanner_web/verify/product.js`` is the same module for the browser.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ledger.encoding import Json
from ledger.goods import LoggedEvent
from ledger.wording import (
    Fact,
    Messages,
    Names,
    day,
    items,
    member,
    named,
    nobody,
    phrase,
    quantity,
    short,
    visible,
    word,
)

Texts = tuple[str, ...]
"""What is said of one thing; more than one text where it has parts."""

RECIPE: Final = "recipe"


def product_facts(
    events: Iterable[LoggedEvent],
    *,
    about: Sequence[str],
    lang: str,
    messages: Messages,
    names: Names = nobody,
) -> list[Fact]:
    """Return the facts of a product, from what was said when it came into being.

    What a party says later replaces what it said before, and what is said of a lot
    replaces what is said of its trade item. Where parties differ, all are shown, each
    with who says so.

    Args:
        events: Those with standing about the product and not in error, in log order.
        about: The product's identifiers, from the general to the particular: the trade
            item, the lot. What an event says of other things is not shown.
        lang: The reader's language.
        messages: The locale's texts by key.
        names: Gives the display name of a party.
    """
    ranked = [
        (rank, logged)
        for logged in events
        if (rank := _rank(logged.event.created, about)) >= 0
    ]
    ranked.sort(key=lambda pair: pair[0])
    said: dict[str, dict[str, Texts]] = {}
    for _, logged in ranked:
        for name, texts in _read(logged.event.body.get("ilmd"), lang, messages):
            said.setdefault(name, {})[logged.party] = texts
    facts: list[Fact] = []
    for name, *_ in _MEMBERS:
        if name in said:
            facts += _numbered(name, _by_party(said[name], names))
    return visible(facts)


def article_facts(ilmd: Json, lang: str, messages: Messages) -> list[Fact]:
    """Return the facts in the ``ilmd`` of one event."""
    facts: list[Fact] = []
    for name, texts in _read(ilmd, lang, messages):
        facts += _numbered(name, texts)
    return facts


def _rank(created: Sequence[str], about: Sequence[str]) -> int:
    """Return how particular the things are that an event creates; -1 for others."""
    return max((rank for rank, name in enumerate(about) if name in created), default=-1)


def _by_party(said: dict[str, Texts], names: Names) -> Texts:
    """Return what is said, with who says so where not all say the same."""
    speakers: dict[Texts, list[str]] = {}
    for party, texts in said.items():
        speakers.setdefault(texts, []).append(named(party, names))
    if len(speakers) == 1:
        return next(iter(speakers))
    return tuple(
        f"{shown} ({', '.join(parties)})"
        for texts, parties in speakers.items()
        for shown in texts
    )


def _numbered(name: str, texts: Texts) -> list[Fact]:
    if len(texts) == 1 and name != RECIPE:
        return [(f"product.{name}", texts[0])]
    return [(f"product.{name}.{place}", shown) for place, shown in enumerate(texts)]


def _read(ilmd: Json, lang: str, messages: Messages) -> list[tuple[str, Texts]]:
    """Return what is said, by name, in the order of the table."""
    found: list[tuple[str, Texts]] = []
    for name, spellings, show in _MEMBERS:
        for spelling in spellings:
            texts = show(member(ilmd, spelling), lang, messages)
            if texts:
                found.append((name, texts))
                break
    return found


def _phrase(value: Json, lang: str, _messages: Messages) -> Texts:
    return _one(phrase(value, lang))


def _word(kind: str) -> Callable[[Json, str, Messages], Texts]:
    """Return how words of a kind are shown; a register's mere number is none."""

    def show(value: Json, lang: str, messages: Messages) -> Texts:
        said = phrase(value, lang)
        is_code = said.isascii() and said.isdigit()
        return () if is_code else _one(said and word(kind, said, messages))

    return show


def _quantity(value: Json, _lang: str, messages: Messages) -> Texts:
    listed = value if isinstance(value, list) else [value]
    shown = [quantity(item, messages) for item in listed]
    return _one(" · ".join(filter(None, shown)))


def _day(value: Json, _lang: str, messages: Messages) -> Texts:
    return _one(day(value, messages))


def _identifier(value: Json, lang: str, _messages: Messages) -> Texts:
    return _one(short(phrase(value, lang)))


def _countries(value: Json, lang: str, messages: Messages) -> Texts:
    listed = value if isinstance(value, list) else [value]
    codes = [
        phrase(item, lang) or phrase(member(item, "gs1:countryCode"), lang)
        for item in listed
    ]
    return _one(", ".join(word("country", code, messages) for code in codes if code))


def _recipe(value: Json, lang: str, messages: Messages) -> Texts:
    """Return one text for each part that has a name."""
    texts = []
    for part in items(value):
        said = phrase(member(part, "name") if isinstance(part, dict) else part, lang)
        if said:
            amount = quantity(part, messages)
            texts.append(f"{said} · {amount}" if amount else said)
    return tuple(texts)


def _one(shown: str) -> Texts:
    return (shown,) if shown else ()


_MEMBERS: Final[
    tuple[tuple[str, tuple[str, ...], Callable[[Json, str, Messages], Texts]], ...]
] = (
    ("name", ("gs1:productName",), _phrase),
    ("brand", ("gs1:brandName",), _phrase),
    ("description", ("gs1:productDescription",), _phrase),
    ("species", ("caravan:species",), _word("species")),
    ("breed", ("caravan:breed",), _word("breed")),
    ("variety", ("caravan:variety",), _word("variety")),
    ("sex", ("caravan:sex",), _word("sex")),
    ("dam", ("caravan:dam",), _identifier),
    ("sire", ("caravan:sire",), _identifier),
    ("grade", ("caravan:grade",), _word("grade")),
    ("net", ("gs1:netContent", "gs1:netWeight", "cbvmda:netWeight"), _quantity),
    (RECIPE, ("caravan:recipe",), _recipe),
    ("ingredients", ("gs1:ingredientStatement",), _phrase),
    ("allergens", ("gs1:allergenStatement",), _phrase),
    ("harvested", ("caravan:harvestDate", "cbvmda:harvestStartDate"), _day),
    ("harvest-end", ("cbvmda:harvestEndDate",), _day),
    ("produced", ("gs1:productionDate", "cbvmda:productionDate"), _day),
    ("packed", ("gs1:packagingDate",), _day),
    ("best-before", ("gs1:bestBeforeDate", "cbvmda:bestBeforeDate"), _day),
    ("sell-by", ("gs1:sellByDate", "cbvmda:sellByDate"), _day),
    ("expires", ("gs1:expirationDate", "cbvmda:itemExpirationDate"), _day),
    ("shelf-life", ("caravan:shelfLife",), _quantity),
    ("storage", ("caravan:storage", "gs1:consumerStorageInstructions"), _phrase),
    ("origin", ("gs1:countryOfOrigin", "cbvmda:countryOfOrigin"), _countries),
    ("lot", ("cbvmda:lotNumber", "gs1:hasBatchLotNumber"), _phrase),
)
"""Names of the facts, the members they are read from, and how these are shown."""
