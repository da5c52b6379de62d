"""What a ledger proves of a lot's packing, and the checkpoint that its labels bear.

A label is a witness (blueprint, 3.8): it carries a checkpoint that others have cosigned
and that has the packing of its serial in it, and the plant states which one it printed.
Everything here comes from a passport of the lot that was verified; the checkpoint is
the one that this passport stands under.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cli.documents import Choose
from ledger.cli.outcome import with_hint, words_of
from ledger.cli.seen import compare_passport
from ledger.cli.sign import sign_event
from ledger.cli.trusting import SOURCES
from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.encoding import Json, encode_base64
from ledger.errors import (
    CannotCheckError,
    LedgerError,
    QuorumError,
    RefusedError,
)
from ledger.event import Event
from ledger.fragment import Fragment, fragment_of
from ledger.goods import LoggedEvent, parties_of, settle_errors
from ledger.note import NoteSigner, parse_note
from ledger.passport import parse_passport
from ledger.pins import Pins
from ledger.product import product_facts
from ledger.seal import format_time
from ledger.standing import StandingAlarm, creates
from ledger.trust import Trust
from ledger.verify import PassportReport, verify_passport
from ledger.wording import items, member, text

_LOT_LISTS: Final = ("quantityList", "outputQuantityList")
_DATES: Final = (
    ("product.best-before", "Best before"),
    ("product.expires", "Use by"),
)
_WITHOUT: Final = "leave --witnessed away to print without a fragment"
_NO_QUORUM: Final = (
    "without a quorum no fragment is printed: it would vouch for nothing"
)


@dataclass(frozen=True, slots=True)
class Packed:
    """One serial, as the statement of its packing says.

    Attributes:
        index: Of that statement.
        place: Where it was packed.
        date: Until when it is good, in words; empty if that is not said once.
    """

    index: int
    place: str
    date: str


@dataclass(frozen=True, slots=True)
class PackedLot:
    """A lot, as far as a verified passport tells.

    Attributes:
        checkpoint: What it stands under.
        serials: Those packed in it by who created them, in the order of packing.
        recorded: Fragments that whoever packed it states to have printed, the newest
            first.
    """

    id: str
    checkpoint: Checkpoint
    is_witnessed: bool
    serials: Mapping[str, Packed]
    recorded: tuple[Fragment, ...]
    alarms: tuple[StandingAlarm, ...]
    policy: str
    """Whose policy it was verified by, in words."""


def read_lot(
    client: LedgerClient,
    lot: str,
    choose: Choose,
    pins: Pins,
    *,
    printed: Fragment | None = None,
) -> PackedLot:
    """Have a ledger prove what it knows of a lot.

    Args:
        client: The ledger.
        lot: Its identifier.
        choose: Gives the policy.
        pins: What this machine remembers.
        printed: What its labels bear already: the ledger has to extend that tree.

    Raises:
        LedgerError: The first thing that does not hold.
    """
    origin = client.origin()
    chosen = choose(origin, client.policy())
    data = client.passport(lot, label=None if printed is None else printed.size)
    report = verify_passport(
        data,
        subject=lot,
        trust=Trust(chosen.policy.text, chosen.source, SystemClock().now_ms()),
        label=None if printed is None else printed.to_text(),
    )
    passport = parse_passport(data)
    compare_passport(passport, pins, origin)
    if chosen.to_pin is not None:
        pins.pin_policy(origin, chosen.to_pin)
    return packed_lot(
        report,
        parse_checkpoint(parse_note(passport.checkpoint).text),
        policy="; ".join((SOURCES[chosen.source], *chosen.said)),
    )


def packed_lot(
    report: PassportReport, checkpoint: Checkpoint, *, policy: str
) -> PackedLot:
    """Return what a report on a lot says of its packing.

    Args:
        report: On the lot.
        checkpoint: The one that the passport stands under.
        policy: Whose policy that was verified by, in words.
    """
    lot, directory = report.subject, report.directory
    item = lot.rpartition("/10/")[0]
    events = [
        LoggedEvent(
            told.judged.index,
            parties_of(told.judged.statement, directory),
            told.judged.content,
        )
        for told in report.statements
        if isinstance(told.judged.content, Event)
    ]
    kept, _ = settle_errors(events)
    serials: dict[str, Packed] = {}
    packers: set[str] = set()
    for logged in kept:
        if not _names_lot(logged.event, lot):
            continue
        made = [
            name
            for name in logged.event.created
            if name.startswith(f"{item}/21/") and creates(logged, name, directory)
        ]
        if made:
            packers.add(logged.party)
            found = Packed(logged.index, logged.event.read_point, _date([logged], lot))
        for name in made:
            serials.setdefault(name, found)
    labels = [
        logged.event.label
        for logged in reversed(kept)
        if logged.event.label is not None and logged.party in packers
    ]
    return PackedLot(
        lot,
        checkpoint,
        report.witnessing.time is not None,
        serials,
        tuple(fragment_of(label.size, label.root) for label in labels),
        report.alarms,
        policy,
    )


def find_fragment(
    found: PackedLot, packed: Mapping[str, Packed], *, is_new: bool
) -> Fragment:
    """Return what to print behind the codes of a lot.

    That is what its labels bear already, if that was taken after all of this packing;
    else the checkpoint at hand.

    Args:
        found: The lot.
        packed: The serials whose labels are printed, at least one.
        is_new: Whether to take the newest checkpoint though one is recorded.

    Raises:
        QuorumError: Nobody has to cosign the ledger's checkpoints.
    """
    if not found.is_witnessed:
        error = QuorumError("quorum none: nobody vouches for the ledger's checkpoint")
        raise with_hint(without_fragment(error), f"policy: {found.policy}")
    last = max(each.index for each in packed.values())
    for fragment in found.recorded:
        if fragment.size > last and not is_new:
            return fragment
    return fragment_of(found.checkpoint.size, found.checkpoint.root)


def without_fragment(error: QuorumError) -> LedgerError:
    """Return the refusal of a quorum that also says what that means for a label."""
    return with_hint(with_hint(error, _NO_QUORUM), _WITHOUT)


def choose_serials(found: PackedLot, names: Sequence[str]) -> Mapping[str, Packed]:
    """Return the packing of each of these serials.

    Args:
        found: The lot.
        names: The serials; an empty one stands for all of the lot.

    Raises:
        CannotCheckError: One is not known to be packed in the lot.
    """
    missing = [name for name in names if name and name not in found.serials]
    if missing or not found.serials:
        which = missing[0] if missing else "any serial"
        raise with_hint(
            CannotCheckError(
                f"packing: that of {which} in {found.id} is not known under the "
                f"checkpoint of {found.checkpoint.size} entries"
            ),
            "post the packing with its serials, and wait until others have cosigned "
            "the checkpoint after it",
        )
    if not names or "" in names:
        return found.serials
    return {name: found.serials[name] for name in names}


def record_label(
    client: LedgerClient,
    found: PackedLot,
    *,
    step: str,
    place: str,
    signer: NoteSigner,
) -> int:
    """Post which checkpoint is printed on a lot's labels; return the entry's index.

    Raises:
        RefusedError: The ledger does not take it.
        StoreError: There is no connection.
    """
    checkpoint = found.checkpoint
    event = label_event(
        found.id,
        checkpoint,
        step=step,
        place=place,
        time=format_time(SystemClock().now_ms()),
    )
    (answer,) = client.post(
        [sign_event(event, origin=checkpoint.origin, signers=[signer])]
    )
    if isinstance(answer, LedgerError):
        refused = RefusedError(f"{answer.code}: {words_of(answer)}")
        raise with_hint(
            refused, "nothing is printed; --key and --step say who states what"
        ) from answer
    return answer.index


def label_event(
    lot: str, checkpoint: Checkpoint, *, step: str, place: str, time: str
) -> dict[str, Json]:
    """Return the event that states which checkpoint is printed on a lot's labels.

    Args:
        lot: Its identifier.
        checkpoint: What is printed.
        step: The business step of whoever prints.
        place: Where.
        time: When, in UTC.
    """
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": step,
        "eventTime": time,
        "eventTimeZoneOffset": "+00:00",
        "quantityList": [{"epcClass": lot}],
        "readPoint": {"id": place},
        "caravan:label": {
            "root": encode_base64(checkpoint.root),
            "size": checkpoint.size,
        },
    }


def _names_lot(event: Event, lot: str) -> bool:
    return any(
        text(member(element, "epcClass")) == lot
        for name in _LOT_LISTS
        for element in items(event.body.get(name))
    )


def _date(events: list[LoggedEvent], lot: str) -> str:
    """Return until when it is good, as events say that bring the lot into being."""
    facts = dict(product_facts(events, about=(lot,), lang="en", messages={}))
    for name, words in _DATES:
        if name in facts:
            return f"{words} {facts[name]}"
    return ""
