"""``caravan party profile``: what a party has shown of itself, and what it takes back.

The statement has commitments only. What they stand for is sent apart, or written to a
file that only its owner can read: whoever has that file can have the values shown.
"""

import os
import secrets
import unicodedata
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.folder import read_file
from ledger.cli.keyfiles import read_signer
from ledger.cli.ledgers import find_origin
from ledger.cli.options import Key, Ledger, Origin, PassphraseFile, To
from ledger.cli.outcome import with_hint
from ledger.cli.party import PartyId, party_id
from ledger.cli.post import post_disclosures, post_notes
from ledger.cli.sign import sign_event
from ledger.clock import SystemClock
from ledger.commitments import SALT_BYTES, commit
from ledger.disclosure import (
    PROFILE,
    Consent,
    Disclosure,
    Disclosures,
    check_value,
)
from ledger.encoding import Json, encode_base64
from ledger.errors import MalformedError, NotFoundError, StoreError
from ledger.photo import check_photo, photo_uri
from ledger.seal import format_time

DEFAULT_PURPOSE = "shown to buyers on the pages of this ledger"


def profile(
    party: PartyId,
    key: Key,
    name_file: Annotated[
        Path | None, typer.Option(help="File with the name to show; UTF-8.")
    ] = None,
    photo_file: Annotated[
        Path | None,
        typer.Option(help="Photo to show: JPEG, PNG or WebP of at most 49,134 bytes."),
    ] = None,
    story_file: Annotated[
        Path | None, typer.Option(help="File with the story to show; UTF-8.")
    ] = None,
    consent_file: Annotated[
        Path | None, typer.Option(help="File with the words that were agreed to.")
    ] = None,
    purpose: Annotated[
        str, typer.Option(help="What they were agreed to for.")
    ] = DEFAULT_PURPOSE,
    given: Annotated[
        str | None, typer.Option(help="When they were agreed to, if not now.")
    ] = None,
    disclosures: Annotated[
        Path | None,
        typer.Option(help="New file for what the commitments stand for, to post."),
    ] = None,
    origin: Origin = None,
    ledger: Ledger = None,
    to: To = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Choose what is shown of a party; the ledger gets commitments, which say nothing.

    The key is the party's own. Each profile replaces the one before whole, and one
    without a name, photo or story takes everything back. Texts come from files, since
    what is typed is kept and shown by the machine.
    """
    for_origin = find_origin(origin, ledger or to)
    subject = party_id(party, for_origin)
    time = _now()
    values = _read_values(name_file, photo_file, story_file)
    items = {member: _commit(value) for member, value in values.items()}
    document = None
    if items:
        if consent_file is None:
            raise with_hint(
                NotFoundError("consent: none is given"),
                "give --consent-file with the words that the person agreed to",
            )
        if disclosures is None and to is None:
            raise with_hint(
                NotFoundError("disclosures: nowhere to go"),
                "give --to to have them sent, or --disclosures to have them written",
            )
        words = _read_text(consent_file, "consent")
        consent = Consent(given or time, purpose, words)
        document = Disclosures(subject, tuple(items.values()), consent).to_bytes()
    committed: dict[str, Json] = {
        member: {"caravan:commit": encode_base64(item.commitment)}
        for member, item in items.items()
    }
    event: dict[str, Json] = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "other",
        "eventTime": time,
        "eventTimeZoneOffset": "+00:00",
        "epcList": [subject],
        "readPoint": {"id": subject},
        PROFILE: committed,
    }
    signer = read_signer(key, passphrase_file)
    statement = sign_event(event, origin=for_origin, signers=[signer])
    if document is not None and disclosures is not None:
        _write_private(disclosures, document)
    if to is None:
        typer.echo(statement, nl=False)
        return
    post_notes([statement], to)
    if document is not None:
        post_disclosures(document, to)


def _read_values(
    name_file: Path | None, photo_file: Path | None, story_file: Path | None
) -> dict[str, str]:
    """Return what is to be shown, checked as the server does it."""
    values: dict[str, str] = {}
    if name_file is not None:
        values["name"] = _read_text(name_file, "name")
    if photo_file is not None:
        values["photo"] = photo_uri(read_file(photo_file))
    if story_file is not None:
        values["story"] = _read_text(story_file, "story")
    for member, value in values.items():
        check_value(member, value)
    if "photo" in values:
        check_photo(values["photo"])
    return values


def _read_text(path: Path, member: str) -> str:
    """Return a text in NFC, each run of white space as one blank."""
    try:
        text = read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedError(f"{member}: not UTF-8", pointer=f"/{member}") from None
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _commit(value: str) -> Disclosure:
    salt = secrets.token_bytes(SALT_BYTES)
    return Disclosure(commit(value, salt), salt, value)


def _now() -> str:
    return format_time(SystemClock().now_ms())


def _write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read.

    Raises:
        StoreError: It is there already, or cannot be written.
    """
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
