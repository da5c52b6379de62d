"""Lines of the worksheet that count packs: codes, where they are, who has them."""

from collections.abc import Iterator

from ledger.audit.stock import Goods
from ledger.audit.whereabouts import Whereabouts
from ledger.audit.worksheet import Row


def pack_rows(packs: Whereabouts, goods: Goods) -> Iterator[Row]:
    """Yield how many packs there are of a lot, and where they are."""
    net, packed = goods.net(packs.lot), len(packs.packed)
    loose = {*packs.issued} - {*packs.packed} - packs.ended_unpacked
    counts = (
        ("told", packs.told, abs(packs.told - packed)),
        ("issued", len(packs.issued), len(loose)),
        ("packed", packed, 0),
    )
    made = tuple(logged.index for logged in packs.making)
    for step, count, gap in counts:
        yield Row(
            "packs",
            step=step,
            entries=made,
            time=packs.making[0].event.event_time if packs.making else "",
            parties=packs.making[0].parties if packs.making else (),
            subject=packs.lot,
            out=None if net is None else net * count,
            pieces=count,
            pieces_off=gap,
        )
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for found in packs.found.values():
        key = (found.state, found.word, found.place, found.party)
        groups.setdefault(key, []).append(found.index)
    for (state, word, place, party), indices in sorted(groups.items()):
        yield Row(
            "packs",
            step=state,
            entries=tuple(sorted({*indices})),
            parties=(party,),
            subject=place,
            out=None if net is None else net * len(indices),
            pieces=len(indices),
            note=word,
        )


def consignee_rows(packs: Whereabouts, goods: Goods) -> Iterator[Row]:
    """Yield for each consignee how many packs it was sent, and what became of them."""
    net = goods.net(packs.lot)
    for each in packs.consignees:
        counts = {
            "received": each.received,
            "sold": each.sold,
            "ended": each.ended,
            "passed on": each.passed_on,
            "there": each.here,
            "away": each.under_way,
        }
        yield Row(
            "consignees",
            step="shipping",
            entries=each.entries,
            parties=each.names[:1],
            subject=packs.lot,
            out=None if net is None else net * each.sent,
            pieces=each.sent,
            pieces_off=each.untold,
            note="; ".join(f"{word}: {count}" for word, count in counts.items()),
        )
