"""Masses by stage, from the milk to what is shipped; and what no entry explains.

A box is as high as what it holds; ribbons are what went from one to the next. What an
entry tells as lost is striped, at the right of its box. What came in from nowhere, or
went nowhere, is a crossed box with a dashed border: left of the box what it holds too
much, right of it what is not accounted for.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

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

Stage = Literal[
    "milked",
    "pooled",
    "loaded",
    "received",
    "heated",
    "dried",
    "packed",
    "shipped",
]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)

_WIDTH: Final = 720
_LEFT: Final = 150
_LAST: Final = 640
"""Where the last boxes begin."""
_TOP: Final = 54
_TALL: Final = 240
_GAP: Final = 7
_BOX: Final = 14
_ODD: Final = 18
_LETTERS: Final = 20
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Node:
    """What is told of one box: the goods of a party, or of all, at one stage.

    Attributes:
        id: That flows name it by.
        stage: Where it stands.
        name: Identifier or words; empty for all there is at the stage.
        made: What was made of it, or arrived, in kg.
        lost: What its making tells as lost, in kg.
    """

    id: str
    stage: Stage
    name: str
    made: Decimal
    lost: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Flow:
    """What went from one node into another, in kg."""

    source: str
    target: str
    kilograms: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """The masses of a ledger, or of a part of it.

    Attributes:
        title: What they are of; empty for all.
        nodes: By stage.
        flows: Between them, from an earlier stage to a later one.
    """

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    title: str = ""

    def taken(self, node: Node) -> Decimal:
        """Return what went into a node."""
        return sum((f.kilograms for f in self.flows if f.target == node.id), _NOTHING)

    def used(self, node: Node) -> Decimal:
        """Return what was used of it."""
        return sum((f.kilograms for f in self.flows if f.source == node.id), _NOTHING)

    def unaccounted(self, node: Node) -> Decimal:
        """Return what went in and neither came out nor was lost.

        Below zero it came from nowhere. Of what nothing went into nothing is said.
        """
        taken = self.taken(node)
        return taken - node.made - node.lost if taken else _NOTHING

    def overdrawn(self, node: Node) -> Decimal:
        """Return what was used of it beyond what was made; else nothing."""
        return max(self.used(node) - node.made, _NOTHING)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A node in its place; tallness in pixels of a mass is the layout's to say."""

    node: Node
    x: int
    y: int
    height: int


class _Layout:
    """Where the boxes are."""

    def __init__(self, balance: Balance) -> None:
        self.balance = balance
        self.stages = [s for s in STAGES if any(n.stage == s for n in balance.nodes)]
        columns = [self._column(stage) for stage in self.stages]
        most = max(len(column) for column in columns)
        self._pixels = _TALL - _GAP * (most - 1)
        self._whole = max(sum(map(self._mass, column)) for column in columns)
        self.placed: dict[str, _Placed] = {}
        for stage, column in zip(self.stages, columns, strict=True):
            y = _TOP
            for node in column:
                height = self.tall(self._mass(node))
                self.placed[node.id] = _Placed(node, self.x(stage), y, height)
                y += height + _GAP

    def x(self, stage: Stage) -> int:
        between = max(len(self.stages) - 1, 1)
        return _LEFT + (_LAST - _LEFT) * self.stages.index(stage) // between

    def tall(self, kilograms: Decimal) -> int:
        if not self._whole:
            return 1
        return max(int(kilograms * self._pixels / self._whole), 1)

    def _column(self, stage: Stage) -> list[Node]:
        return [node for node in self.balance.nodes if node.stage == stage]

    def _mass(self, node: Node) -> Decimal:
        """Return the most that a node holds, so that all its ribbons find room."""
        balance = self.balance
        return max(balance.taken(node), node.made + node.lost, balance.used(node))


def balance_shape(balance: Balance, *, words: Wordbook) -> Shape | None:
    """Return the drawing of the masses; None if there are none.

    Args:
        balance: What is drawn; flows of nodes that are not in it are left out.
        words: Of the language.
    """
    if not balance.nodes:
        return None
    layout = _Layout(balance)
    shapes = [*_ribbons(layout, words)]
    for placed in layout.placed.values():
        shapes += _node(placed, layout, words)
    shapes += _heads(layout, words)
    foot = max(p.y + p.height for p in layout.placed.values()) + 26
    for key in ("balance.legend_loss", "balance.legend_unexplained"):
        shapes.append(text(words(key), 0, foot))
        foot += 18
    title = words("balance.title")
    if balance.title:
        title += words("list.colon") + shown(balance.title)
    return drawing(title, _WIDTH, foot, shapes)


def kilograms(mass: Decimal) -> str:
    """Return a mass as it is told: whole kilograms from a hundred on.

    >>> kilograms(Decimal("12345.67")), kilograms(Decimal("99.950"))
    ('12346', '99.95')
    """
    if abs(mass) >= 100:
        return f"{mass.quantize(Decimal(1)):f}"
    shown = f"{mass.quantize(Decimal('0.001')):f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _heads(layout: _Layout, words: Wordbook) -> Iterable[Shape]:
    """Yield what each column is, and how much there is in it."""
    for place, stage in enumerate(layout.stages):
        made = sum((n.made for n in layout.balance.nodes if n.stage == stage), _NOTHING)
        x, y = layout.x(stage) + _BOX // 2, _TOP - 34
        yield text(words.word("stage", stage), x, y, "mid head")
        unit = f" {words('balance.kilograms')}" if place == 0 else ""
        yield text(f"{kilograms(made)}{unit}", x, y + 18, "mid")


def _ribbons(layout: _Layout, words: Wordbook) -> Iterable[Shape]:
    out: dict[str, int] = defaultdict(int)
    into: dict[str, int] = defaultdict(int)
    order = {name: place for place, name in enumerate(layout.placed)}
    known = [
        flow
        for flow in layout.balance.flows
        if flow.source in order and flow.target in order and flow.kilograms > 0
    ]
    for flow in sorted(known, key=lambda f: (order[f.source], order[f.target])):
        source, target = layout.placed[flow.source], layout.placed[flow.target]
        height = layout.tall(flow.kilograms)
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
        mass = f"{kilograms(flow.kilograms)} {words('balance.kilograms')}"
        told = f"{_called(source.node, words)} → {_called(target.node, words)}: {mass}"
        yield path(d, "flow", told)


def _node(placed: _Placed, layout: _Layout, words: Wordbook) -> Sequence[Shape]:
    node, balance = placed.node, layout.balance
    unit = words("balance.kilograms")
    called = _called(node, words)
    title = f"{called}: {kilograms(node.made)} {unit}"
    shapes = [box(placed.x, placed.y, _BOX, placed.height, "goods", title)]
    if node.name:
        y = placed.y + placed.height // 2 + 4
        shapes.append(text(fitted(called, _LETTERS), placed.x - 8, y, "end"))
    right, foot = placed.x + _BOX, placed.y + placed.height
    missing = balance.unaccounted(node)
    if node.lost > 0:
        height = layout.tall(node.lost)
        foot -= height
        said = f"{words('balance.told_loss')}: {kilograms(node.lost)} {unit}"
        shapes.append(box(right, foot, _ODD, height, "loss", said))
        shapes.append(stripes(right, foot, _ODD, height, "stripe"))
        shapes.append(
            text(f"−{kilograms(node.lost)}", right + _ODD + 3, foot + height, "small")
        )
    if missing > 0:
        height = layout.tall(missing)
        said = words("balance.unexplained_out")
        shapes += _unexplained(
            right, foot - height, height, f"?−{kilograms(missing)}", said
        )
    excess = max(-missing, balance.overdrawn(node))
    if excess > 0:
        height = layout.tall(excess)
        said = words("balance.unexplained_in")
        at = placed.y + placed.height - height
        shapes += _unexplained(
            placed.x - _ODD, at, height, f"?+{kilograms(excess)}", said
        )
    return shapes


def _unexplained(x: int, y: int, height: int, mass: str, said: str) -> list[Shape]:
    return [
        box(x, y, _ODD, height, "odd", f"{said}: {mass}"),
        cross(x, y, _ODD, height, "odd"),
        text(mass, x + _ODD // 2, y + max(height, 1) + 13, "mid attention"),
    ]


def _called(node: Node, words: Wordbook) -> str:
    return shown(node.name) if node.name else words.word("stage", node.stage)
