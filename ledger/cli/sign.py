"""``caravan sign``: events in, statements out."""

import secrets
import uuid
from collections.abc import Sequence

from ledger.cli.drafts import complete, draft_statement, is_draft, say_missing
from ledger.cli.keyfiles import read_signer
from ledger.cli.ledgers import find_origin
from ledger.cli.notes import read_input, write_notes
from ledger.cli.options import (
    Attesters,
    Input,
    KeyName,
    Keys,
    Ledger,
    Origin,
    PassphraseFile,
)
from ledger.clock import SystemClock
from ledger.encoding import Json, canonical, parse_canonical, parse_json
from ledger.errors import EncodingError, EventError, LedgerError, NotFoundError
from ledger.event import parse_event
from ledger.note import NoteSigner, VerifierKey, parse_vkey


def sign(
    key: Keys,
    file: Input = "-",
    attester: Attesters = None,
    origin: Origin = None,
    ledger: Ledger = None,
    name: KeyName = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Sign events: JSON in any spelling in, statements out, ready to post.

    One event gives one note. A JSON array of events, or one event a line, gives a JSON
    array of notes, which is what "post" takes. An eventID is added where there is none.
    A draft, which others have signed before, is given one more signature.
    """
    data = read_input(file)
    if not data.strip():
        raise NotFoundError("event: got nothing")
    signers = [read_signer(path, passphrase_file, name=name) for path in key]
    if is_draft(data):
        notes, is_array = [complete(data, signers)], False
    else:
        events, is_array = read_events(data)
        everybody: list[NoteSigner | VerifierKey] = [*signers]
        everybody += [parse_vkey(text) for text in attester or ()]
        for_origin = find_origin(origin, ledger)
        notes = [
            _located(place, event, for_origin, everybody)
            for place, event in enumerate(events)
        ]
    for note in notes[:1]:
        say_missing(note)
    write_notes(notes, is_array=is_array)


def read_events(data: bytes) -> tuple[list[Json], bool]:
    r"""Return the events that a file holds, and whether it may hold several.

    Raises:
        EncodingError: It is not JSON, nor JSON on each line.

    >>> read_events(b'{"a": 1}\n{"a": 2}\n')
    ([{'a': 1}, {'a': 2}], True)
    """
    lines = [line for line in data.split(b"\n") if line.strip()]
    if len(lines) > 1:
        try:
            is_many = all(isinstance(parse_json(line), dict) for line in lines[:2])
        except EncodingError:
            is_many = False
        if is_many:
            return [parse_json(line) for line in lines], True
    value = parse_json(data)
    return (value, True) if isinstance(value, list) else ([value], False)


def sign_event(
    event: Json, *, origin: str, signers: Sequence[NoteSigner | VerifierKey]
) -> bytes:
    """Return an event as a statement, signed by those whose private key is here.

    Raises:
        EncodingError: The event has no canonical form.
        EventError: What validity reads of it is missing or of the wrong form.
        StatementFormatError: There are too many signers, or it is too large.
    """
    if not isinstance(event, dict):
        raise EventError("event: want a JSON object")
    body = event if "eventID" in event else {**event, "eventID": new_event_id()}
    spelling = canonical(body)
    # What would be refused as invalid is never signed.
    parse_event(parse_canonical(spelling), host=origin.split("/", 1)[0])
    return draft_statement(origin=origin, kind="event", body=spelling, signers=signers)


def new_event_id() -> str:
    """Return a URN that nobody has used: a UUIDv7 (RFC 9562, section 5.7)."""
    milliseconds = SystemClock().now_ms()
    value = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64
    return uuid.UUID(int=value | 0b10 << 62 | secrets.randbits(62)).urn


def _located(
    place: int,
    event: Json,
    origin: str,
    signers: Sequence[NoteSigner | VerifierKey],
) -> bytes:
    try:
        return sign_event(event, origin=origin, signers=signers)
    except LedgerError as error:
        if place:
            error.add_note(f"it is event {place}, counted from 0; nothing was signed")
        raise
