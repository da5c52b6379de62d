"""Masses by step, from what goods begin with on; and what no entry explains.

A box is as high as what it holds; ribbons are what went from one to the next. What an
entry tells as lost is striped, at the right of its box. A crossed box with a dashed
border is what no entry explains: at the left what is there too much, at the right what
went in and neither came out nor was lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap
from typing import Final

from ledger.audit.report.charts.drawing import (
    box,
    cross,
    drawing,
    fitted,
    path,
    stripes,
    text,
)
from ledger.audit.report.wordbook import Wordbook, shown
from ledger.chart import Shape
from ledger.template import Name

_WIDTH: Final = 720
_LEFT: Final = 150
_LAST: Final = 640
"""Where the last boxes begin."""
_TOP: Final = 62
_TALL: Final = 240
_GAP: Final = 7
_BOX: Final = 14
_BESIDE: Final = 18
"""How wide what stands beside a box is."""
_LEAST_SEEN: Final = 8
"""A crossed box is no lower, however little it is."""
_LETTERS: Final = 20
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Node:
    """The goods of one step, or of one party at it.

    Attributes:
        id: That flows name it by.
        stage: Of the step.
        name: Identifier of the party; empty if it is all there is at the step.
        count: How many parties it stands for; 0 for one, or for all.
        made: What came out, in kg.
        taken: What went in, in kg.
        lost: What is told as lost, in kg.
        excess: What is there beyond what went in, or was used beyond what was made.
        missing: What went in and neither came out nor was lost.
        is_counted: Whether a mass is told of all that came out; if it is not, it is
            what went in less what was lost.
    """

    id: str
    stage: str
    name: str
    made: Decimal
    taken: Decimal = _NOTHING
    lost: Decimal = _NOTHING
    excess: Decimal = _NOTHING
    missing: Decimal = _NOTHING
    count: int = 0
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """What went from one node into another, in kg."""

    source: str
    target: str
    kilograms: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """The masses of one product.

    Attributes:
        product: What it is called.
        stages: Ids and names of the steps that have nodes, in their order.
        nodes: Step by step.
        flows: Between them.
        is_whole: Whether all flows are there; of very many things they are not.
    """

    product: Name
    stages: tuple[tuple[str, Name], ...]
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    is_whole: bool = True

    def used(self, node: Node) -> Decimal:
        """Return what was used of it."""
        return sum((f.kilograms for f in self.flows if f.source == node.id), _NOTHING)

    def called(self, node: Node, words: Wordbook) -> str:
        """Return what a node is called."""
        if node.count:
            return words("balance.others", count=node.count)
        return shown(node.name) if node.name else words.said(self._names[node.stage])

    @property
    def _names(self) -> dict[str, Name]:
        return dict(self.stages)


def balance_shape(balance: Balance, *, words: Wordbook) -> Shape | None:
    """Return the drawing of the masses; None if there are none.

    Args:
        balance: What is drawn; flows of nodes that are not in it are left out.
        words: Of the language.
    """
    if not balance.nodes:
        return None
    layout = _Layout(balance, words)
    shapes = [*layout.ribbons()]
    for placed in layout.placed.values():
        shapes += layout.boxes(placed)
    shapes += layout.heads()
    foot = max(p.y + p.height for p in layout.placed.values()) + 20
    title = words("balance.title", product=words.said(balance.product))
    return drawing(title, _WIDTH, foot, shapes)


def kilograms(mass: Decimal, words: Wordbook) -> str:
    """Return a mass as it is told: whole kilograms from a hundred on."""
    if abs(mass) >= 100:
        return words.number(f"{mass.quantize(Decimal(1)):f}")
    told = f"{mass.quantize(Decimal('0.001')):f}"
    return told.rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node in its place."""

    node: Node
    x: int
    y: int
    height: int


class _Layout:
    """Where the boxes are, and how they are drawn."""

    def __init__(self, balance: Balance, words: Wordbook) -> None:
        self._balance = balance
        self._words = words
        self._unit = words("balance.kilograms")
        columns = {stage: self._column(stage) for stage, _ in balance.stages}
        most = max(len(column) for column in columns.values())
        self._pixels = _TALL - _GAP * (most - 1)
        self._whole = max(sum(map(self._mass, each)) for each in columns.values())
        self._between = (_LAST - _LEFT) // max(len(columns) - 1, 1)
        self.placed: dict[str, _Placed] = {}
        for place, column in enumerate(columns.values()):
            y = _TOP
            for node in column:
                height = self._tall(self._mass(node))
                x = _LEFT + place * self._between
                self.placed[node.id] = _Placed(node, x, y, height)
                y += height + _GAP

    def heads(self) -> Iterable[Shape]:
        """Yield what each column is, and how much came out of it."""
        letters = max(self._between // 7, 8)
        for place, (stage, name) in enumerate(self._balance.stages):
            column = self._column(stage)
            made = sum((node.made for node in column), _NOTHING)
            x, y = _LEFT + place * self._between + _BOX // 2, _TOP - 44
            for row, part in enumerate(_folded(self._words.said(name), letters)):
                yield text(part, x, y + 14 * row, "mid head")
            unit = f" {self._unit}" if place == 0 else ""
            told = f"{kilograms(made, self._words)}{unit}"
            if not all(node.is_counted for node in column):
                told = f"({told})"
            yield text(told, x, y + 32, "mid")

    def ribbons(self) -> Iterator[Shape]:
        """Yield what went from box to box, each below the one before."""
        out: dict[str, int] = defaultdict(int)
        into: dict[str, int] = defaultdict(int)
        order = {name: place for place, name in enumerate(self.placed)}
        known = [
            flow
            for flow in self._balance.flows
            if flow.source in order and flow.target in order and flow.kilograms > 0
        ]
        for flow in sorted(known, key=lambda f: (order[f.source], order[f.target])):
            source, target = self.placed[flow.source], self.placed[flow.target]
            height = self._tall(flow.kilograms)
            left, right = source.x + _BOX, target.x
            top, end = source.y + out[flow.source], target.y + into[flow.target]
            out[flow.source] += height
            into[flow.target] += height
            middle = (left + right) // 2
            d = (
                f"M{left} {top}C{middle} {top} {middle} {end} {right} {end}"
                f"v{height}C{middle} {end + height} {middle} {top + height} "
                f"{left} {top + height}Z"
            )
            ends = f"{self._called(source.node)} → {self._called(target.node)}"
            yield path(d, "flow", f"{ends}: {self._mass_words(flow.kilograms)}")

    def boxes(self, placed: _Placed) -> Iterator[Shape]:
        """Yield a node, and what stands beside it."""
        node, called = placed.node, self._called(placed.node)
        title = f"{called}: {self._mass_words(node.made)}"
        yield box(placed.x, placed.y, _BOX, placed.height, "goods", title)
        if node.name or node.count:
            y = placed.y + placed.height // 2 + 4
            yield text(fitted(called, _LETTERS), placed.x - 8, y, "end")
        right, foot = placed.x + _BOX, placed.y + placed.height
        beside = right + _BESIDE + 3
        if node.lost > 0:
            height = self._tall(node.lost)
            foot -= height
            said = f"{self._words('balance.lost')}: {self._mass_words(node.lost)}"
            yield box(right, foot, _BESIDE, height, "loss", said)
            yield stripes(right, foot, _BESIDE, height, "stripe")
            told = f"−{kilograms(node.lost, self._words)}"
            yield text(told, beside, foot + height, "small")
        if node.missing > 0:
            height = max(self._tall(node.missing), _LEAST_SEEN)
            yield from self._odd(right, foot - height, height, "missing", node.missing)
            told = f"?−{kilograms(node.missing, self._words)}"
            yield text(told, beside, foot - height // 2 + 4, "attention")
        if node.excess > 0:
            height = max(self._tall(node.excess), _LEAST_SEEN)
            at, left = placed.y + placed.height - height, placed.x - _BESIDE
            yield from self._odd(left, at, height, "excess", node.excess)
            told = f"?+{kilograms(node.excess, self._words)}"
            yield text(told, left + _BESIDE // 2, at + height + 13, "mid attention")

    def _odd(
        self, x: int, y: int, height: int, kind: str, mass: Decimal
    ) -> Iterator[Shape]:
        said = f"{self._words(f'balance.{kind}')}: {self._mass_words(mass)}"
        yield box(x, y, _BESIDE, height, "odd", said)
        yield cross(x, y, _BESIDE, height, "odd")

    def _tall(self, mass: Decimal) -> int:
        if not self._whole:
            return 1
        return max(int(mass * self._pixels / self._whole), 1)

    def _column(self, stage: str) -> list[Node]:
        return [node for node in self._balance.nodes if node.stage == stage]

    def _mass(self, node: Node) -> Decimal:
        """Return the most that a node holds, so that all its ribbons find room."""
        balance = self._balance
        into = [f.kilograms for f in balance.flows if f.target == node.id]
        given = node.made + node.lost
        return max(node.taken, sum(into, _NOTHING), given, balance.used(node))

    def _called(self, node: Node) -> str:
        return self._balance.called(node, self._words)

    def _mass_words(self, mass: Decimal) -> str:
        return f"{kilograms(mass, self._words)} {self._unit}"


def _folded(name: str, letters: int) -> list[str]:
    """Return a name on two lines, each no wider than so many letters.

    >>> _folded("receiving at the plant", 10), _folded("drying", 10)
    (['receiving', 'at the pl…'], ['', 'drying'])
    """
    first, *rest = wrap(name, letters, break_on_hyphens=False) or [""]
    if not rest:
        return ["", fitted(first, letters)]
    return [fitted(first, letters), fitted(" ".join(rest), letters)]
