"""The trace exercise: one finished lot back, one harvest forward, with quantities.

What an auditor asks for once a year and allows four hours for (BRCGS 3.9): of a lot,
everything that went into it, back to the animals, what else was made of the same, and
where every kilogram is; of a milking, everything that it went into, and where all of
that went. The answer is a worksheet, whose lines have what went in, came out, was lost
or is in stock, and what is left over. Goods are accounted for if nothing is.

Lot and harvest are given, or drawn by chance that anybody can repeat. Nothing here
weighs a word: the figures are those of the statements, and add up or do not.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ledger.audit.apportion import (
    parts_back,
    parts_forward,
    share_back,
    share_forward,
)
from ledger.audit.masslines import goods_rows, share_rows, source_rows, step_row
from ledger.audit.packlines import consignee_rows, pack_rows
from ledger.audit.paperlines import handover_rows, inspection_rows
from ledger.audit.stock import Goods, Mass, Step, walk
from ledger.audit.whereabouts import Whereabouts
from ledger.audit.worksheet import Row, Table, with_running
from ledger.errors import NotFoundError
from ledger.massflow import key_of

Direction = Literal["back", "forward"]


@dataclass(frozen=True, slots=True)
class Half:
    """The exercise in one direction.

    Attributes:
        direction: Back from a lot, or forward from a harvest.
        subject: Where it begins.
        made: The mass of that.
        pieces: Packs that were made.
        found: Of them, those of which it is known what became of them.
        rows: The worksheet.
    """

    direction: Direction
    subject: str
    made: Mass
    pieces: int
    found: int
    rows: tuple[Row, ...]

    @property
    def off(self) -> tuple[Row, ...]:
        """Return the lines that do not add up."""
        return tuple(row for row in self.rows if row.is_off)

    @property
    def entries(self) -> int:
        """Return how many statements the worksheet rests on."""
        return len({index for row in self.rows for index in row.entries})

    @property
    def recovery(self) -> Fraction | None:
        """Return which part of the packs is accounted for; None without packs."""
        return Fraction(self.found, self.pieces) if self.pieces else None

    def table(self, name: Table) -> tuple[Row, ...]:
        """Return the lines of one table."""
        return tuple(row for row in self.rows if row.table == name)


@dataclass(frozen=True, slots=True)
class Exercise:
    """Both directions.

    Attributes:
        origin: Name of the ledger.
        tree_size: As of which size.
        root: Root hash of that, in hex.
        seed: What lot and harvest were drawn with, where they were not given.
        lots: From how many the lot was drawn; 0 if it was given.
        harvests: The same of the harvest.
        back: The lot back.
        forward: The harvest forward.
    """

    origin: str
    tree_size: int
    root: str
    seed: str
    lots: int
    harvests: int
    back: Half
    forward: Half

    @property
    def is_accounted(self) -> bool:
        """Tell whether every kilogram and every pack is accounted for."""
        return not self.back.off and not self.forward.off


def run_exercise(
    goods: Goods,
    *,
    origin: str,
    tree_size: int,
    root: str,
    seed: str,
    lot: str | None = None,
    harvest: str | None = None,
) -> Exercise:
    """Return the exercise over a verified ledger.

    Args:
        goods: Of the whole ledger.
        origin: Name of the ledger.
        tree_size: How many entries it has.
        root: Its root hash, in hex.
        seed: Draws what is not given.
        lot: A finished lot.
        harvest: What a milking gave.

    Raises:
        NotFoundError: There is no such thing, or none to draw.
    """
    lots = () if lot is not None else goods.events.finished
    harvests = () if harvest is not None else goods.events.harvested
    return Exercise(
        origin=origin,
        tree_size=tree_size,
        root=root,
        seed=seed,
        lots=len(lots),
        harvests=len(harvests),
        back=trace_back(lot or drawn(lots, "lot", seed=seed, root=root), goods),
        forward=trace_forward(
            harvest or drawn(harvests, "milking", seed=seed, root=root), goods
        ),
    )


def drawn(names: Collection[str], kind: str, *, seed: str, root: str) -> str:
    r"""Return one of some names, by chance that anybody can repeat.

    The one whose SHA-256 of seed, root and name, a line feed between, is the smallest:
    ``printf '%s\n%s\n%s' SEED ROOT NAME | sha256sum``.

    Raises:
        NotFoundError: There is none.
    """
    if not names:
        error = NotFoundError(f"{kind}: the ledger has none to draw from")
        error.add_note(f"name one with --{kind}: whatever was made of something")
        raise error
    return min(
        names,
        key=lambda name: hashlib.sha256(f"{seed}\n{root}\n{name}".encode()).digest(),
    )


def trace_back(lot: str, goods: Goods) -> Half:
    """Follow a lot back to where everything in it came from.

    Raises:
        NotFoundError: Nothing made it.
    """
    if not goods.makers(lot):
        raise NotFoundError(f"lot: nothing in the ledger made {lot}")

    def sources(name: str) -> Iterator[str]:
        for step in goods.makers(name):
            yield from step.inputs

    levels = walk([lot], sources)
    steps = _ordered(goods.makers, levels)
    parts = parts_back(lot, levels, goods)
    packs = Whereabouts(lot, goods.events)
    whole = [lot] if packs.packed else []
    rows = (
        *with_running(
            step_row(step, level + 1, share_back(step, parts)) for step, level in steps
        ),
        *source_rows(steps, parts),
        *with_running(
            goods_rows(
                levels, whole, [step for step, _ in steps], goods=goods, parts=parts
            )
        ),
        *(pack_rows(packs, goods) if whole else ()),
        *(consignee_rows(packs, goods) if whole else ()),
        *inspection_rows(levels, goods),
        *handover_rows(levels, goods),
    )
    return _half("back", lot, [packs] if whole else [], rows, goods)


def trace_forward(harvest: str, goods: Goods) -> Half:
    """Follow what a harvest gave to everything that it went into.

    Raises:
        NotFoundError: Nothing gave it.
    """
    makers = goods.makers(harvest)
    if not makers:
        raise NotFoundError(f"milking: nothing in the ledger gave {harvest}")

    def uses(name: str) -> Iterator[str]:
        for step in goods.users(name):
            lots = [each for each in step.outputs if key_of(each) != "21"]
            yield from lots or step.outputs

    levels = walk([harvest], uses)
    steps = _ordered(goods.users, levels)
    within = [*makers, *(step for step, _ in steps)]
    parts = parts_forward(harvest, levels, within[len(makers) :], goods)
    packs = [
        each
        for name in sorted(levels)
        if key_of(name) == "10" and (each := Whereabouts(name, goods.events)).packed
    ]
    rows = [
        *with_running(
            (
                *(step_row(step, 0, step.out) for step in makers),
                *(
                    step_row(step, level + 1, share_forward(step, parts))
                    for step, level in steps
                ),
            )
        ),
        *source_rows([(step, 0) for step in makers], parts),
        *with_running(
            goods_rows(
                levels, [each.lot for each in packs], within, goods=goods, parts=parts
            )
        ),
    ]
    for each in packs:
        rows += pack_rows(each, goods)
    for each in packs:
        rows += consignee_rows(each, goods)
    rows += share_rows(rows, packs, goods, parts)
    rows += (*inspection_rows(levels, goods), *handover_rows(levels, goods))
    return _half("forward", harvest, packs, tuple(rows), goods)


def _half(
    direction: Direction,
    subject: str,
    packs: Collection[Whereabouts],
    rows: tuple[Row, ...],
    goods: Goods,
) -> Half:
    account = goods.account(subject)
    return Half(
        direction=direction,
        subject=subject,
        made=account.made if account.made or account.is_told else None,
        pieces=sum(max(each.told, len(each.packed)) for each in packs),
        found=sum(len(each.packed) for each in packs),
        rows=rows,
    )


def _ordered(
    steps_of: Callable[[str], list[Step]], levels: Mapping[str, int]
) -> list[tuple[Step, int]]:
    """Return the steps of things, each once, by level and time."""
    found: dict[int, tuple[Step, int]] = {}
    for name, level in sorted(levels.items(), key=lambda item: item[1]):
        for step in steps_of(name):
            found.setdefault(id(step), (step, level))
    return sorted(
        found.values(),
        key=lambda each: (each[1], each[0].first.event.instant_us, each[0].entries),
    )
