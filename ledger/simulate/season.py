"""A whole season: everything that happens, signed, in the order of posting."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from ledger.action import Rights, Step
from ledger.encoding import Json, encode_base64
from ledger.note import NoteSigner
from ledger.simulate.collection import write_collection
from ledger.simulate.diary import ZONE, Diary, Draft
from ledger.simulate.herd import households, write_herd
from ledger.simulate.market import write_market
from ledger.simulate.milking import write_milkings
from ledger.simulate.names import TRADE_ITEM, Names, label_path, serial_id
from ledger.simulate.opening import write_opening
from ledger.simulate.packing import Lot, write_lots, write_product, write_stock
from ledger.simulate.parties import (
    NUMBERED,
    PACKING,
    PLANT,
    Keys,
    all_parties,
    directory_statements,
)
from ledger.simulate.plan import SEASON, Plan
from ledger.simulate.plant import write_runs
from ledger.simulate.recall import write_dispute, write_recall
from ledger.statement import parse_statement, sign_statement

LABELLING: Final = "encoding"
"""The step of whoever prints labels."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What is worth a look, by identifier; paths are those printed on pouches."""

    pouch: str
    pouch_path: str
    lot: str
    flown_pouch: str
    flown_pouch_path: str
    recalled_pouch: str
    recalled_pouch_path: str
    recalled_lot: str
    recalled_tank: str
    voided_pouch: str
    voided_pouch_path: str
    disputed_pouch: str
    """Of which somebody who never had it says that it is recalled."""
    disputed_pouch_path: str
    tank: str
    household: str
    camel: str
    corrected_calf: str
    trade_item: str


def latest_start(now_ms: int, plan: Plan = SEASON) -> date:
    """Return the latest first day of a season that is over by now.

    Args:
        now_ms: Milliseconds since 1970.
        plan: How large the season is.

    >>> latest_start(1_781_222_400_000).isoformat()
    '2026-02-11'
    """
    today = datetime.fromtimestamp(now_ms // 1000, ZONE).date()
    return today - timedelta(days=plan.days + 1)


class Season:
    """The simulated season of one ledger."""

    def __init__(
        self,
        *,
        origin: str,
        registrar: NoteSigner,
        secret: bytes,
        start: date,
        plan: Plan = SEASON,
    ) -> None:
        """Write everything down; nothing is signed yet.

        Args:
            origin: The ledger that it is for.
            registrar: Who admits the parties.
            secret: What their keys are derived from. Whoever has it can sign as any of
                them; they are for this season alone.
            start: Its first day; ``latest_start`` says how late it may be.
            plan: How large it is.
        """
        self._origin = origin
        self._registrar = registrar
        self._keys = Keys(origin, secret)
        diary = Diary(Names(origin.split("/", 1)[0]), start)
        self._herds = households(diary, plan)
        corrected = write_herd(diary, plan, self._herds)
        cans = write_milkings(diary, plan, self._herds)
        powders = write_runs(diary, write_collection(diary, plan, self._herds, cans))
        write_product(diary)
        lots = write_lots(diary, plan, powders)
        write_stock(diary, plan, powders)
        sold = write_market(diary, plan, lots)
        recalled = next(lot for lot in lots if lot.plan.recalled_run is not None)
        bad = powders[recalled.plan.recalled_run or 0].tank
        write_recall(diary, plan, recalled, bad, sold[recalled.word])
        disputed = sold[lots[0].word][1]
        write_dispute(diary, plan, disputed)
        self._parties = all_parties(diary.names, [herd.word for herd in self._herds])
        write_opening(diary, self._parties)

        self.names = diary.names
        self.lots = tuple(lots)
        # Python's sort is stable: of two at one moment, the one written first.
        self.drafts: tuple[Draft, ...] = tuple(
            sorted(diary.drafts, key=lambda draft: draft.posted)
        )
        flown = next(lot for lot in lots if lot.plan.is_flown)
        pouch = sold[lots[0].word][0]
        flown_pouch = sold[flown.word][0]
        recalled_pouch = sold[recalled.word][0]
        voided = serial_id(lots[0].voided)
        self.landmarks = Landmarks(
            pouch=pouch,
            pouch_path=_path(lots[0], pouch),
            lot=lots[0].id,
            flown_pouch=flown_pouch,
            flown_pouch_path=_path(flown, flown_pouch),
            recalled_pouch=recalled_pouch,
            recalled_pouch_path=_path(recalled, recalled_pouch),
            recalled_lot=recalled.id,
            recalled_tank=bad,
            voided_pouch=voided,
            voided_pouch_path=_path(lots[0], voided),
            disputed_pouch=disputed,
            disputed_pouch_path=_path(lots[0], disputed),
            tank=powders[lots[0].plan.first_run].tank,
            household=self.names.party(self._herds[0].word),
            camel=self._herds[0].camels[0].id,
            corrected_calf=corrected,
            trade_item=TRADE_ITEM,
        )

    @cached_property
    def planted(self) -> dict[str, int]:
        """How many flags of each code a verifier must find, and no others."""
        return {
            "late": sum("caravan:source" not in draft.body for draft in self.drafts),
            "sequence-gap": sum(draft.is_lost for draft in self.drafts),
        }

    @cached_property
    def event_count(self) -> int:
        """How many events reach the ledger."""
        return sum(not draft.is_lost for draft in self.drafts)

    def statements(self) -> Iterator[bytes]:
        """Yield every statement in the order of posting, those of the directory first.

        The same season gives the same bytes, so posting it again changes nothing.
        """
        yield from self.directory_statements()
        yield from self.event_statements()

    def directory_statements(self) -> Iterator[bytes]:
        """Yield what admits the parties and authorises their keys."""
        yield from directory_statements(
            self._parties,
            origin=self._origin,
            registrar=self._registrar,
            keys=self._keys,
            functions={word for draft in self.drafts for word in draft.signers},
            rights=_rights(self.drafts),
        )

    @property
    def packing_key(self) -> NoteSigner:
        """The key that states what is printed on labels."""
        return self._keys[PACKING]

    def event_statements(self) -> Iterator[bytes]:
        """Yield the events."""
        sequences: dict[str, tuple[int, Json]] = {}
        for draft in self.drafts:
            issuer = draft.signers[0]
            body = draft.body
            if issuer in NUMBERED:
                number, previous = sequences.get(issuer, (0, None))
                body = body | {"caravan:seq": number}
                if previous is not None:
                    body["caravan:prev"] = previous
            entry = sign_statement(
                origin=self._origin,
                kind="event",
                body=body,
                signers=[self._keys[word] for word in draft.signers],
            )
            if issuer in NUMBERED:
                text_hash = encode_base64(parse_statement(entry).text_hash)
                sequences[issuer] = (number + 1, text_hash)
            if not draft.is_lost:
                yield entry


def _path(lot: Lot, pouch: str) -> str:
    """Return the path that is printed on a pouch of a lot."""
    return label_path(lot.word, pouch.rpartition("/")[2])


def _rights(drafts: tuple[Draft, ...]) -> dict[str, Rights]:
    """Return what each party states in the season and on labels, and no more."""
    steps: defaultdict[str, set[Step]] = defaultdict(set)
    persistent: defaultdict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        party = draft.signers[0].partition("/")[0]
        disposition = draft.body.get("disposition")
        word = disposition if isinstance(disposition, str) else None
        steps[party].add((str(draft.body["bizStep"]), word))
        kept = draft.body.get("persistentDisposition")
        if isinstance(kept, dict) and isinstance(kept["set"], list):
            persistent[party].update(map(str, kept["set"]))
    steps[PLANT].add((LABELLING, None))
    return {
        party: Rights(frozenset(found), frozenset(persistent[party]))
        for party, found in steps.items()
    }
