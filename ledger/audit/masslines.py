"""Lines of the worksheet that weigh: steps, whose animals, goods, and shares."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from ledger.audit.apportion import Parts, to_gram
from ledger.audit.stock import Account, Goods, Mass, Step
from ledger.audit.whereabouts import Whereabouts
from ledger.audit.worksheet import Row
from ledger.massflow import key_of


def step_row(step: Step, level: int, share: Mass) -> Row:
    """Return the line of a step."""
    losses = "; ".join(reason for reason, _ in step.losses if reason)
    event = step.first.event
    return Row(
        "steps",
        level,
        step.process,
        step.entries,
        event.event_time,
        step.first.parties,
        _first([*step.outputs, *step.inputs]),
        into=None if step.is_source else step.into,
        out=step.out,
        lost=step.lost,
        difference=step.difference,
        share=share,
        pieces=len(step.animals) or None,
        note=losses,
        is_untold=step.difference is None,
    )


def source_rows(steps: Iterable[tuple[Step, int]], parts: Parts) -> Iterator[Row]:
    """Yield for each party whose animals gave something how many, and how much."""
    by_party: dict[str, list[Step]] = {}
    for step, _ in steps:
        if step.is_source:
            by_party.setdefault(step.first.party, []).append(step)
    for party, given in sorted(by_party.items()):
        given.sort(key=lambda step: step.first.event.instant_us)
        animals = {animal for step in given for animal in step.animals}
        shares = [
            None if part is None or mass is None else to_gram(part * mass)
            for step in given
            for name, mass in step.outputs.items()
            if (part := parts.get(name)) is not None or name in parts
        ]
        yield Row(
            "sources",
            step=given[0].process,
            entries=tuple(sorted(i for step in given for i in step.entries)),
            time=given[0].first.event.event_time,
            parties=(party,),
            out=_total(step.out for step in given),
            share=_total(shares),
            pieces=len(animals),
            note=" ".join(sorted(animals)),
        )


def goods_rows(
    levels: Mapping[str, int],
    whole: Collection[str],
    steps: Collection[Step],
    *,
    goods: Goods,
    parts: Parts,
) -> Iterator[Row]:
    """Yield what became of each thing.

    Args:
        levels: The things.
        whole: Those of them whose packs are counted, each by itself.
        steps: Those of the exercise; what other steps made is noted.
        goods: Where accounts are found.
        parts: Of each thing, what belongs to where the exercise begins.
    """
    within = {id(step) for step in steps}
    for name, level in sorted(levels.items(), key=lambda item: (item[1], item[0])):
        if name in whole:
            continue
        account = goods.account(name)
        if not goods.makers(name) and not account.entries:
            # Nothing says how much there was: it is where the trail ends.
            account = replace(account, made=account.used)
        others = [step for step in goods.users(name) if id(step) not in within]
        part = parts.get(name)
        makers = goods.makers(name)
        first = makers[0] if makers else goods.users(name)[0]
        yield Row(
            "goods",
            level,
            "account",
            tuple(sorted({*account.entries, *first.entries})),
            first.first.event.event_time,
            first.first.parties,
            name,
            into=account.made,
            out=account.used + account.sent,
            lost=account.removed,
            stock=account.stock,
            difference=account.difference,
            share=None if part is None else to_gram(part * account.made),
            note=_elsewhere(others, account),
            is_untold=not account.is_told,
        )


def share_rows(
    rows: Sequence[Row], packs: Sequence[Whereabouts], goods: Goods, parts: Parts
) -> Iterator[Row]:
    """Yield where the mass of a harvest went, by mass where goods were mixed.

    Args:
        rows: Those of steps and goods.
        packs: The lots that it went into.
        goods: Where net contents are found.
        parts: Of each thing, what is of the harvest.
    """
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in rows:
        if row.table not in ("steps", "goods") or not row.into or row.share is None:
            continue
        part = Fraction(row.share, row.into)
        sums["lost" if row.table == "steps" else "thrown away"] += part * (
            row.lost or 0
        )
        sums["stock"] += part * (row.stock or 0)
        sums["left over"] += part * (row.difference or 0)
    for each in packs:
        known, net = parts.get(each.lot), goods.net(each.lot)
        if known is None or net is None:
            return
        for found in each.found.values():
            sums[found.state] += known * net
        sums["left over"] += known * net * (each.told - len(each.packed))
    for step, mass in sums.items():
        if to_gram(mass):
            yield Row("shares", step=step, share=to_gram(mass))


def _elsewhere(others: Sequence[Step], account: Account) -> str:
    """Return what else was made of something, and when it was counted."""
    made = {name: None for step in others for name in step.outputs}
    lots = [name for name in made if key_of(name) != "21"]
    said = [f"also in: {', '.join(lots)}"] if lots else []
    if account.counted:
        said.append(f"counted: {account.counted}")
    return "; ".join(said)


def _total(masses: Iterable[Mass]) -> Mass:
    total = 0
    for mass in masses:
        if mass is None:
            return None
        total += mass
    return total


def _first(names: Sequence[str]) -> str:
    """Return what a step is about: of what came out, no single serial."""
    return next((name for name in names if key_of(name) != "21"), names[0])
