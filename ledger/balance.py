"""The balance of a lot in rows, and drawn: what went in, what became of the rest.

Pure and total. ``scanner_web/verify/balance.js`` is the same module for the browser.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.account import Account
from ledger.chart import Shape, bars_shape
from ledger.closure import Member
from ledger.lotbalance import Balance, Batch, balance_of
from ledger.made import Unknown
from ledger.mass import Row, cents, decimal, fill, kilograms, pack_mass, row
from ledger.massflow import Flows
from ledger.share import why
from ledger.wording import Messages, date, short, visible, word

MOST_NAMED: Final = 3
_RATIO: Final = (58, 75)
"""Kilograms of Bactrian milk for one of whole powder, in tenths: (1 - moisture) /
(solids x (1 - loss)) with 13.6 to 17 % of solids, 15.3 in the mean of Junggar milk."""


def balance_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> list[Row]:
    """Return what went into a lot and what became of the rest, step by step.

    Of what went into other things as well, the part that went into this lot is counted,
    by mass.

    Args:
        accounts: All that is known of the members.
        members: Of the closure, the subject first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    flows = Flows(accounts, members)
    if not flows.makers(flows.lot):
        return []
    balance = balance_of(flows)
    if isinstance(balance, Unknown):
        return [row("balance.problem", why(balance, messages))]
    rows: list[Row] = []
    for place, step in enumerate(balance.steps.values()):
        name = f"balance.{place}"
        lost = [
            f"{word('loss', reason, messages)} {kilograms(mass, messages)}"
            for reason, mass in step.losses.items()
        ]
        rows.append(
            visible(
                [
                    (f"{name}.step", word("process", step.process, messages)),
                    (f"{name}.in", kilograms(step.into, messages) if step.into else ""),
                    (f"{name}.lost", " · ".join(lost)),
                    (
                        f"{name}.gap",
                        kilograms(step.gap, messages) if cents(step.gap) else "",
                    ),
                    (f"{name}.out", kilograms(step.out, messages)),
                ]
            )
        )
    rows += _packs(flows, balance, messages)
    if balance.added:
        shown = fill("balance.added", messages, mass=kilograms(balance.added, messages))
        rows.append(row("balance.added", shown))
    if balance.is_shared:
        rows.append(row("balance.shared", _shared(flows, balance, messages)))
    rows.append(_batches_row(balance.batches, messages))
    rows.append(row("balance.ratio", _ratio(flows, balance, messages)))
    if balance.overdrawn:
        names = " · ".join(map(short, balance.overdrawn[:MOST_NAMED]))
        count = len(balance.overdrawn)
        shown = fill("balance.overdrawn", messages, count=count, names=names)
        rows.append(row("balance.overdrawn", shown))
    return [*filter(None, rows)]


def balance_shape(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> Shape | None:
    """Return the balance as two bars: of what went in, and of the batches packed.

    Args:
        accounts: All that is known of the members.
        members: Of the closure, the subject first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    flows = Flows(accounts, members)
    balance = balance_of(flows) if flows.makers(flows.lot) else None
    if balance is None or isinstance(balance, Unknown) or not balance.raw:
        return None
    # What was kept of a milking went into no lot.
    losses: dict[str, int] = {}
    for step in balance.steps.values():
        for reason, mass in () if step.is_milking else step.losses.items():
            losses[reason] = losses.get(reason, 0) + mass
    gaps = sum(max(step.gap, 0) for step in balance.steps.values())
    milked = [
        (fill("balance.this", messages), balance.lot),
        *sorted(
            ((word("loss", reason, messages), mass) for reason, mass in losses.items()),
            key=lambda part: -part[1],
        ),
        (fill("balance.untold", messages), gaps),
    ]
    made = [(fill("balance.packed", messages), sum(b.here for b in balance.batches))]
    for key in ("others", "stock", "untold"):
        mass = sum(max(getattr(batch, key), 0) for batch in balance.batches)
        made.append((fill(f"balance.{key}", messages), mass))
    called = "balance.milked" if balance.raw == balance.milk else "balance.raw"
    wholes = [balance.raw, sum(batch.made for batch in balance.batches)]
    return bars_shape(
        fill("balance.title", messages),
        [
            (
                fill(key, messages, mass=kilograms(whole, messages)),
                [
                    (called, mass, kilograms(mass, messages))
                    for called, mass in parts
                    if cents(mass) > 0
                ],
            )
            for key, whole, parts in zip(
                (called, "balance.made"), wholes, (milked, made), strict=True
            )
        ],
    )


def _packs(flows: Flows, balance: Balance, messages: Messages) -> list[Row]:
    """Return how many packs the lot has, and their net mass."""
    shown = kilograms(balance.lot, messages)
    if flows.net:
        count = str(balance.lot // flows.net)
        net = pack_mass(flows.net, messages)
        shown = fill("balance.packs", messages, count=count, net=net, mass=shown)
    return [row("balance.packs", shown)]


def _shared(flows: Flows, balance: Balance, messages: Messages) -> str:
    """Tell of how much milk only a part is in the lot, as the way sums up all of it."""
    milkings = flows.milkings(flows.lot)
    milked = sum(flow.out or 0 for flow in milkings)
    if cents(milked) <= cents(balance.milk):
        return fill("balance.shared", messages)
    return fill(
        "balance.shared.milk",
        messages,
        milked=kilograms(milked, messages),
        milkings=len(milkings),
        mass=kilograms(balance.milk, messages),
    )


def _batches_row(batches: Sequence[Batch], messages: Messages) -> Row:
    """Return where the batches went that a lot was packed of."""
    name = "balance.batches"
    masses = [
        ("made", sum(batch.made for batch in batches)),
        ("here", sum(batch.here for batch in batches)),
        ("others", sum(batch.others for batch in batches)),
        ("stock", sum(batch.stock for batch in batches)),
        ("untold", sum(max(batch.untold, 0) for batch in batches)),
        ("over", sum(max(-batch.untold, 0) for batch in batches)),
    ]
    facts = [(name, fill(name, messages, count=len(batches)))]
    facts += [
        (f"{name}.{key}", kilograms(mass, messages))
        for key, mass in masses
        if cents(mass)
    ]
    counted = max((batch.counted for batch in batches), default="")
    return visible([*facts, (f"{name}.counted", date(counted, messages))])


def _ratio(flows: Flows, balance: Balance, messages: Messages) -> str:
    """Compare milk and powder with what was published, if it is camels' milk alone."""
    made = flows.made_of(flows.lot)
    if isinstance(made, Unknown) or {*made.parts} != {"milk:camel"}:
        return ""
    if not made.is_exact or not balance.dried:
        return ""
    tenths = (balance.raw * 20 // balance.dried + 1) // 2
    low, high = _RATIO
    key = "balance.ratio" if low <= tenths <= high else "balance.ratio.beyond"
    return fill(
        key,
        messages,
        ratio=decimal(tenths, 1),
        low=decimal(low, 1),
        high=decimal(high, 1),
    )
