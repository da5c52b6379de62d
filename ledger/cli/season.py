"""The simulated season of the demonstration: its secret, its start, and its posting.

What decides every byte of it stays with the data folder: the ledger's first seal says
when the season was, a secret beside the keys says with which keys it is signed. So a
demonstration that goes on posts what it would have posted.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from ledger.checkpoint import parse_checkpoint
from ledger.cli.documents import Choose
from ledger.cli.folder import DataFolder
from ledger.cli.packed import find_fragment, label_event, read_lot
from ledger.cli.resuming import ResumingClient
from ledger.cli.sign import sign_event
from ledger.cli.terminal import OnProgress
from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.errors import KeyFileError, LedgerError, StoreError
from ledger.fragment import Fragment
from ledger.keys import read_key_file
from ledger.note import parse_note
from ledger.pins import Pins
from ledger.seal import entry_kind, format_time, parse_seal
from ledger.simulate.season import LABELLING, Season, latest_start

ABOUT: Final = (
    "The camel milk is simulated: eight households in Keping, sixty camels, 120 days,\n"
    "computed from published figures. Every record and every party says so."
)
_SECRET_BYTES: Final = 32


def read_season(data: DataFolder, client: LedgerClient) -> Season:
    """Return the season of the demonstration in a folder.

    Raises:
        LedgerError: The secret or the registrar's key cannot be read or made, or the
            ledger cannot be asked when it began.
    """
    checkpoint = parse_checkpoint(parse_note(client.checkpoint()).text)
    return Season(
        origin=checkpoint.origin,
        registrar=read_key_file(data.registrar_key),
        secret=_read_secret(data.keys / "season.secret"),
        start=latest_start(_first_seal_ms(client, checkpoint.size)),
    )


def post_season(
    client: ResumingClient, season: Season, *, on_progress: OnProgress
) -> tuple[int, int]:
    """Post what is not there yet; return how many events were new, and how many known.

    Raises:
        LedgerError: A statement was refused, or the world failed.
    """
    for _, answer in client.post_all(season.directory_statements()):
        if isinstance(answer, LedgerError):
            raise answer
    total = season.event_count
    new = known = 0
    for _, answer in client.post_all(season.event_statements()):
        if isinstance(answer, LedgerError):
            raise answer
        if answer.index < client.known_size:
            known += 1
        else:
            new += 1
        on_progress(new + known, total)
    return new, known


def print_labels(
    client: LedgerClient, season: Season, lot: str, *, choose: Choose, pins: Pins
) -> Fragment:
    """Return what the labels of a lot end in, recorded if it is not yet.

    Raises:
        LedgerError: The ledger does not prove its packing, or refuses the statement.
    """
    found = read_lot(client, lot, choose, pins)
    fragment = find_fragment(found, found.serials, is_new=False)
    if fragment not in found.recorded:
        event = label_event(
            lot,
            found.checkpoint,
            step=LABELLING,
            place=next(iter(found.serials.values())).place,
            time=format_time(SystemClock().now_ms()),
        )
        note = sign_event(
            event | {"caravan:simulated": True},
            origin=found.checkpoint.origin,
            signers=[season.packing_key],
        )
        (answer,) = client.post([note])
        if isinstance(answer, LedgerError):
            raise answer
    return fragment


def _first_seal_ms(client: LedgerClient, size: int) -> int:
    """Return when the ledger began, in milliseconds since 1970."""
    for _, entry in client.entries(size):
        if entry_kind(entry) == "seal":
            return parse_seal(entry).time_ms
    raise StoreError(f"{client.url}: a ledger without a seal")


def _read_secret(file: Path) -> bytes:
    """Return what the season's keys are derived from, made on first use.

    Raises:
        KeyFileError: It cannot be written or read.
    """
    try:
        if not file.exists():
            _write_secret(file)
        text = file.read_text("ascii")
        secret = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{file}: {error}") from error
    if len(secret) != _SECRET_BYTES:
        raise KeyFileError(f"{file}: got {len(secret)} bytes, want {_SECRET_BYTES}")
    return secret


def _write_secret(file: Path) -> None:
    # Whoever is stopped here leaves a whole file or none.
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_hex(_SECRET_BYTES))
        opened.flush()
        # Without it, a demonstration that lost power would sign as nobody it admitted.
        os.fsync(opened.fileno())
    fresh.rename(file)
