"""What a pack is made of by mass, in rows, and whether its recipe says the same.

Pure and total. ``scanner_web/verify/share.js`` is the same module for the browser.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.account import Account
from ledger.closure import Member
from ledger.made import Made, Unknown
from ledger.mass import Row, decimal, fill, percent_of, row
from ledger.massflow import Flows
from ledger.wording import Messages, measure, member, number, phrase, short, text, word

MOST_PARTS: Final = 8


def share_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> list[Row]:
    """Return what a pack is made of by mass, and whether its recipe says the same.

    Args:
        accounts: All that is known of the members.
        members: Of the closure, the subject first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    flows = Flows(accounts, members)
    start = flows.start()
    if not start:
        return []
    made = flows.made_of(start)
    if isinstance(made, Unknown):
        return [row("share.0", why(made, messages))]
    listed = sorted(made.parts.items(), key=lambda part: -part[1])
    rows = []
    for place, (key, part) in enumerate(listed[:MOST_PARTS]):
        how = "share.exact" if made.is_exact else "share.least"
        shown = fill(
            how,
            messages,
            part=_kind(key, flows, lang, messages),
            share=_percent(part, made.whole),
        )
        rows.append(row(f"share.{place}", shown))
    if len(listed) > MOST_PARTS:
        count = len(listed) - MOST_PARTS
        rows.append(row("share.more", fill("share.more", messages, count=count)))
    rest = made.whole - sum(made.parts.values())
    if rest > 0 and not made.is_exact:
        shown = fill("share.rest", messages, share=_percent(rest, made.whole))
        rows.append(row("share.rest", shown))
    milkings, of_lot = (len(flows.milkings(name)) for name in (start, flows.lot))
    if milkings:
        # The way and the balance tell of the whole lot.
        how = "share.basis.lot" if of_lot > milkings else "share.basis"
        basis = fill(how, messages, milkings=milkings, all=of_lot)
        rows.append(row("share.basis", basis))
    rows.append(row("share.recipe", _recipe(flows, made, lang, messages)))
    return [*filter(None, rows)]


def why(unknown: Unknown, messages: Messages) -> str:
    """Tell why nothing can be computed."""
    if unknown.reason == "cycle":
        return fill("share.cycle", messages)
    return fill("share.unknown", messages, name=short(unknown.name))


def _kind(key: str, flows: Flows, lang: str, messages: Messages) -> str:
    """Name a part: milk by the species that was milked, else by what is said of it."""
    kind, _, name = key.partition(":")
    if kind == "milk":
        if not name:
            return fill("milk.listed", messages)
        own = messages.get(f"milk.of.{name}")
        return own or fill("milk.of", messages, species=word("species", name, messages))
    for account in reversed(flows.accounts):
        if name in account.event.created:
            called = phrase(
                member(account.event.body.get("ilmd"), "gs1:productName"), lang
            )
            if called:
                return f"{called} ({short(name)})"
    return short(name)


def _recipe(flows: Flows, made: Made, lang: str, messages: Messages) -> str:
    """Tell whether a recipe that was signed for the product says the same."""
    listed = flows.recipe()
    if not listed:
        return ""
    said = []
    is_open = False
    for part in listed:
        amount = percent_of(part)
        key = f"milk:{text(member(part, 'species'))}"
        if amount is None or key == "milk:":
            return fill("share.recipe.open", messages)
        share = measure(number(member(part, "value")), "P1", messages)
        said.append(f"{_kind(key, flows, lang, messages)} {share}")
        # In hundredths of a millionth, as the recipe's percent have six places.
        got = made.parts.get(key, 0) * 10**8
        if got > amount * made.whole or (made.is_exact and got != amount * made.whole):
            return fill(
                "share.recipe.differs", messages, recipe=" · ".join(said[:MOST_PARTS])
            )
        is_open = is_open or got != amount * made.whole
    how = "share.recipe.fits" if is_open else "share.recipe.agrees"
    return fill(how, messages, recipe=" · ".join(said[:MOST_PARTS]))


def _percent(part: int, whole: int) -> str:
    """Return tenths of a percent, rounded down.

    >>> _percent(2, 3), _percent(1, 1)
    ('66.6', '100')
    """
    return decimal(part * 1000 // whole, 1)
