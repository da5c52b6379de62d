"""Goods that came of themselves: nothing real does, so a reader is told.

Time grows with the links, not with their square: a ledger that is lawful may hold a
great many of them. ``scanner_web/verify/cycle.js`` is the twin for the browser.
"""

from collections.abc import Mapping


def cycle_in(inputs: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the goods that came of themselves, and what lies between such.

    Those that are made of nothing more, and those of which nothing more is made, are
    taken away until none is left of either.

    Args:
        inputs: Of each of the goods; others than these do not count.
    """
    known = {of: sorted(inputs.keys() & of) for of in {*inputs.values()}}
    above = {made: known[of] for made, of in inputs.items()}
    below: dict[str, list[str]] = {name: [] for name in inputs}
    for made, of in above.items():
        for name in of:
            below[name].append(made)
    left = set(inputs)
    _peel(left, above, below)
    _peel(left, below, above)
    return tuple(sorted(left))


def _peel(
    left: set[str], links: Mapping[str, list[str]], back: Mapping[str, list[str]]
) -> None:
    """Take out what leads to nothing that is left, until everything leads somewhere.

    Args:
        left: What is left.
        links: Where each leads to.
        back: The same, the other way round.
    """
    counts = {name: sum(next_ in left for next_ in links[name]) for name in left}
    ends = [name for name, count in counts.items() if count == 0]
    for end in ends:
        left.discard(end)
        for name in back[end]:
            if name in left:
                counts[name] -= 1
                if counts[name] == 0:
                    ends.append(name)
