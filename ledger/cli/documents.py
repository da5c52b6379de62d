"""Verify a single document: a passport, or a receipt with its statement."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple

from ledger.audit.bundle import is_bundle
from ledger.checkpoint import open_checkpoint, parse_checkpoint
from ledger.cli import verdict
from ledger.cli.explanations import PASSPORT_STEPS
from ledger.cli.folder import read_file
from ledger.cli.ledgers import SQLITE
from ledger.cli.outcome import with_hint
from ledger.cli.seen import compare_passport
from ledger.cli.trusting import Chosen
from ledger.cli.verdict import (
    Verdict,
    policy_facts,
    receipt_witness_facts,
    witness_details,
    witness_limits,
)
from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.errors import LabelError, NotFoundError
from ledger.fragment import is_label, parse_fragment
from ledger.identifier import identifiers_from_path, parse_identifier
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.note import parse_note
from ledger.passport import parse_passport
from ledger.pins import Pins
from ledger.receipt import Receipt, parse_receipt
from ledger.seal import entry_kind
from ledger.statement import parse_statement
from ledger.trust import Trust, check_quorum, numbered, read_witnesses
from ledger.verify import verify_passport

_PAGE: Final = re.compile(r"(?P<server>https?://[^/]+)(?P<path>/(id|[0-9]{2,4})/.+)")
_ANY_AGE: Final = 100 * 365 * 86_400
# More than a server gives: as many levels as it has.
_ALL_LEVELS: Final = 100

Choose = Callable[[str, bytes | None], Chosen]
"""Gives the policy for an origin, and perhaps the policy that was served."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is none of the forms of a whole ledger."""

    kind: Literal["passport", "receipt", "split-view", "refused"]
    data: bytes


def read_document(path: Path) -> Document | None:
    """Return the document in a file; None if it is a folder, a bundle or a database.

    Raises:
        NotFoundError: There is no such file, or it is not one of our formats.
    """
    if path.is_dir() or is_bundle(path):
        return None
    data = read_file(path)
    if data.startswith(SQLITE):
        return None
    if data.startswith(b"c2sp.org/tlog-proof@"):
        return Document("receipt", data)
    if b'"format":"caravan/refused-checkpoint/' in data:
        return Document("refused", data)
    # Members stand in order, so that one cut short is known for what it was.
    if b'"caravan/passport/' in data or data.startswith(b'{"checkpoint":'):
        return Document("passport", data)
    if b'"format":"caravan/split-view/' in data or data.startswith(b'{"first":'):
        return Document("split-view", data)
    raise with_hint(
        NotFoundError(f"{path}: not one of our formats"),
        "give a URL, data folder, database, copied log, evidence bundle, passport, "
        "receipt or evidence",
    )


def is_page(url: str) -> bool:
    """Tell the URL of a subject's page from that of a whole ledger.

    >>> is_page("http://herd.example/id/animal/7"), is_page("http://herd.example/log")
    (True, False)
    """
    return _PAGE.match(url) is not None


def judge_page(url: str, choose: Choose, pins: Pins) -> Verdict:
    """Verify what the server of a page has to say about its subject.

    Raises:
        LedgerError: The first thing that does not hold.
    """
    match = _PAGE.match(url)
    if match is None:
        raise NotFoundError(f"{url}: not a page")
    with LedgerClient(match["server"]) as client:
        origin = client.origin()
        asked = scanned(match["path"], host=origin.split("/", 1)[0])
        size = _size_of(asked.label) or _size_seen(pins, origin)
        try:
            data = client.passport(asked.subject, levels=_ALL_LEVELS, label=size)
        except LabelError:
            # Smaller than that: the verifier says so of a label, by the evidence.
            data = client.passport(asked.subject, levels=_ALL_LEVELS)
        served = client.policy()
    return judge_passport(data, match["path"], choose, pins, served=served)


class Scanned(NamedTuple):
    """What a code asks.

    Attributes:
        subject: What it names.
        lot: The lot that it names with a serial, if it does.
        label: Its end from ``#`` on, if it is a label's.
    """

    subject: str
    lot: str | None = None
    label: str | None = None


def _size_of(label: str | None) -> int | None:
    """Return the size to ask for; what is wrong with a label the verifier says."""
    try:
        return None if label is None else parse_fragment(label).size
    except LabelError:
        return None


def _size_seen(pins: Pins, origin: str) -> int | None:
    """Return the size of the checkpoint seen here, which a ledger has to extend."""
    seen = pins.checkpoint(origin)
    return None if seen is None else parse_checkpoint(parse_note(seen).text).size


def scanned(code: str, *, host: str) -> Scanned:
    """Return what a code asks.

    Args:
        code: An identifier, the URI of a code on a pack whatever its host, or the path
            of that.
        host: The host of the ledger's origin.

    Raises:
        IdentifierError: It names nothing that the ledger could hold.

    >>> scanned("https://a.b/01/09520123456788/10/L1/21/7#c=1", host="a.b")
    ... # doctest: +NORMALIZE_WHITESPACE
    Scanned(subject='https://id.gs1.org/01/09520123456788/21/7',
            lot='https://id.gs1.org/01/09520123456788/10/L1',
            label='#c=1')
    """
    before, mark, after = re.sub("^https?://[^/]+", "", code).partition("#")
    if not before.startswith("/"):
        return Scanned(parse_identifier(code, host=host).text)
    path = before.partition("?")[0]
    subject, *lots = identifiers_from_path(path, host=host)
    return Scanned(
        subject.text,
        lots[0].text if lots else None,
        mark + after if is_label(mark + after) else None,
    )


def judge_passport(
    data: bytes,
    subject: str | None,
    choose: Choose,
    pins: Pins,
    *,
    served: bytes | None = None,
) -> Verdict:
    """Verify a passport.

    Args:
        data: The document.
        subject: What was scanned, as :func:`scanned` takes it; None takes the
            document's word, and says so.
        choose: Gives the policy.
        pins: What this machine remembers.
        served: The policy that comes with it, if one does.

    Raises:
        LedgerError: The first thing that does not hold.
    """
    with numbered(1):
        passport = parse_passport(data)
        origin = parse_checkpoint(parse_note(passport.checkpoint).text).origin
    asked = Scanned(passport.subject)
    if subject is not None:
        asked = scanned(subject, host=origin.split("/", 1)[0])
    chosen = choose(origin, served)
    report = verify_passport(
        data,
        subject=asked.subject,
        lot=asked.lot,
        label=asked.label,
        trust=Trust(chosen.policy.text, chosen.source, SystemClock().now_ms()),
    )
    with numbered(len(PASSPORT_STEPS)):
        compare_passport(passport, pins, origin)
    if chosen.to_pin is not None:
        pins.pin_policy(origin, chosen.to_pin)
    word = "the subject that was asked for" if subject else "as the document says"
    return verdict.of_passport(report, word, chosen.said)


def judge_receipt(data: bytes, entry_file: Path | None, choose: Choose) -> Verdict:
    """Verify a receipt: that a log has a statement at an index.

    Args:
        data: The receipt.
        entry_file: The statement; None takes it from the receipt's extra line.
        choose: Gives the policy.

    Raises:
        LedgerError: The first thing that does not hold.
    """
    with numbered(1):
        receipt = parse_receipt(data)
        entry = _entry(receipt, entry_file)
        origin = parse_checkpoint(parse_note(receipt.checkpoint).text).origin
    chosen = choose(origin, None)
    policy = chosen.policy
    with numbered(2):
        signed = open_checkpoint(
            receipt.checkpoint, origin=origin, log_keys=policy.log(origin)
        )
    with numbered(3):
        verify_inclusion(
            leaf_hash(entry),
            index=receipt.index,
            tree_size=signed.checkpoint.size,
            proof=receipt.proof,
            root=signed.checkpoint.root,
        )
    with numbered(4):
        # How old it is does not matter: what was logged stays logged.
        witnessing = read_witnesses(
            policy, signed, now_ms=SystemClock().now_ms(), max_age_seconds=_ANY_AGE
        )
        seen_at = check_quorum(policy, witnessing)
    state = "signed by the ledger alone" if seen_at is None else "witnessed"
    return Verdict(
        f"entry {receipt.index} of {origin}, {state}",
        {
            "tree_size": signed.checkpoint.size,
            "signers": [*_signers(entry)],
            **policy_facts(chosen.source, policy.fingerprint, chosen.said),
            **receipt_witness_facts(witnessing),
        },
        "\n".join(
            (
                "This shows that the ledger has this statement at this index.",
                *witness_limits(witnessing, chosen.source),
                "Its own signatures need the directory: "
                "verify the ledger to check them.",
            )
        ),
        details=witness_details(witnessing),
    )


def _entry(receipt: Receipt, entry_file: Path | None) -> bytes:
    if entry_file is not None:
        return read_file(entry_file)
    if receipt.extra is None:
        raise with_hint(
            NotFoundError("receipt: holds no statement"),
            "give the statement with --entry FILE",
        )
    return receipt.extra


def _signers(entry: bytes) -> tuple[str, ...]:
    if entry_kind(entry) == "seal":
        return ()
    return tuple(signer.label for signer in parse_statement(entry).signers)
