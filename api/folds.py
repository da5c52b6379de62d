"""How the steps of a long page are folded away: by day, by month or by year.

A pouch has fifty steps and a camel hundreds. Each stays in the page, in its place; what
is folded says when it was and what was done, in words that ``scanner_web/folds.js``
makes again from what it has verified. Steps that raise or lift an alarm are never
folded away, nor those that nobody could read.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from api.content import ShownFact
from api.steps import Step
from ledger.wording import Messages, date

MAX_LISTED: Final = 12
NEWEST: Final = 3
MARKED: Final = 3
"""Of more statements a page shows some: of each sort the newest."""
OPEN_STEPS: Final = 12
"""So many steps stand in the open."""
MAX_FOLDS: Final = 31
"""So many lines are a list that can be overlooked: the days of a month."""
MAX_TITLES: Final = 5
UNITS: Final = (10, 7, 4)
"""How much of a date tells the day, the month, the year."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Steps under one line."""

    summary: ShownFact
    inner: "tuple[Fold | Step, ...]"


def listed_steps(steps: Sequence[Step]) -> list[Step]:
    """Return the steps that a page shows which does not show them all.

    The first, the newest, the newest with a remark, all that raise or lift an alarm,
    and what nobody could read.
    """
    if len(steps) <= MAX_LISTED:
        return [*steps]
    own = [step for step in steps if step.is_read and not step.is_apart]
    marked = [step for step in own if step.flags or step.is_in_error]
    listed = {
        step.index
        for step in (
            *own[:1],
            *own[-NEWEST:],
            *marked[-MARKED:],
            *(step for step in own if step.is_alarm),
            *[step for step in steps if step.is_apart][-MARKED:],
        )
    }
    return [step for step in steps if step.index in listed or not step.is_read]


def fold_steps(
    steps: Sequence[Step], numbers: Iterator[int], messages: Messages
) -> tuple[Fold | Step, ...]:
    """Return steps in their order, folded if they are many.

    Args:
        steps: In the order in which they stand.
        numbers: Gives each fold of a page its own number.
        messages: The locale's texts by key.
    """
    return _folded(steps, UNITS, numbers, messages)


def _folded(
    steps: Sequence[Step],
    units: Sequence[int],
    numbers: Iterator[int],
    messages: Messages,
) -> tuple[Fold | Step, ...]:
    if len(steps) <= OPEN_STEPS or not units:
        return tuple(steps)
    for unit in units:
        stretches = _stretches(steps, unit)
        if len(stretches) <= MAX_FOLDS:
            break
    finer = units[: units.index(unit)]
    shown: list[Fold | Step] = []
    for key, inner in stretches:
        if key is None:
            shown += inner
            continue
        name = f"fold.{next(numbers)}"
        summary = ShownFact("", name, _summary(key, inner, messages))
        shown.append(Fold(summary, _folded(inner, finer, numbers, messages)))
    return tuple(shown)


def _stretches(steps: Sequence[Step], unit: int) -> list[tuple[str | None, list[Step]]]:
    """Return steps that follow each other in one day, month or year, by which it is."""

    def key_of(step: Step) -> str | None:
        if step.is_alarm or not step.is_read:
            return None
        return step.day[:unit]

    return [(key, list(same)) for key, same in groupby(steps, key=key_of)]


def _summary(key: str, steps: Sequence[Step], messages: Messages) -> str:
    """Return when it was, what was done and how often, and signs for remarks."""
    titles = Counter(step.title.text for step in steps if step.title)
    said = [
        title if times == 1 else f"{title} × {times}" for title, times in titles.items()
    ]
    rest = ["…"] if len(said) > MAX_TITLES else []
    signs = ["✎"] if any(step.is_in_error for step in steps) else []
    signs += ["⚑"] if any(step.flags for step in steps) else []
    return " · ".join(
        filter(None, [date(key, messages), *said[:MAX_TITLES], *rest, *signs])
    )
