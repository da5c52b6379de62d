"""``caravan mirror``: a verified copy of a log, as static files."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated

import typer

from ledger.checkpoint import parse_checkpoint
from ledger.cli.ledgers import LedgerTarget, is_url, open_target
from ledger.cli.options import AcceptPolicy, Policy
from ledger.cli.outcome import report, with_hint
from ledger.cli.succession import extended, successors
from ledger.cli.terminal import progress
from ledger.cli.trusting import Chosen, choose_policy
from ledger.errors import (
    CannotCheckError,
    MalformedError,
    NotFoundError,
    StoreError,
    UnknownKeyError,
)
from ledger.mirror import Mirror, Mirrored
from ledger.note import parse_note
from ledger.pins import Pins, default_pins
from ledger.policy import parse_policy


def mirror(
    source: Annotated[
        str, typer.Argument(help="URL of a ledger or mirror, or a copied log.")
    ],
    folder: Annotated[Path, typer.Argument(help="Where the copy is kept.")],
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    every: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="SECONDS", help="Go on until stopped, looking so often."
        ),
    ] = None,
) -> None:
    """Keep a verified copy of a log, which any static file server can give out.

    Every hash is computed from the entries, and what was mirrored before is continued
    or nothing is changed. What the entries say is verified by "caravan verify FOLDER".
    Exit status: 0 the copy is up to date, 2 the log cannot be read, 3 integrity broken,
    4 cannot check.
    """
    if (folder / "ledger.db").exists():
        raise with_hint(
            StoreError(f"{folder}: is the data folder of a ledger"),
            "a copy needs a folder of its own",
        )
    pins = default_pins(os.environ)
    with closing(Mirror(folder)) as copy:
        while True:
            try:
                _run(copy, source, pins, given=policy, accept_served=accept_policy)
            except (StoreError, NotFoundError, CannotCheckError) as error:
                # It may pass; what contradicts itself does not.
                if every is None:
                    raise
                report(error)
            if every is None:
                return
            time.sleep(every)


def _run(
    copy: Mirror, source: str, pins: Pins, *, given: Path | None, accept_served: bool
) -> None:
    """Bring the copy up to the newest checkpoint of its source.

    Raises:
        LedgerError: It is as it was.
    """
    if is_url(source):
        # As a policy names it, whose URL is that of the tiles.
        source = source.removesuffix("/").removesuffix("/log")
    with open_target(source) as target:
        _check_is_of(copy, target.origin)
        chosen = choose_policy(
            target.origin,
            target.policy,
            pins=pins,
            given=given,
            accept_served=accept_served,
        )
        try:
            mirrored = _advance(copy, target, chosen.policy.text)
        except UnknownKeyError:
            keys = successors(target, chosen.policy, copy.checkpoint())
            if not keys:
                raise
            mirrored = _advance(copy, target, extended(chosen.policy, keys))
    if chosen.to_pin is not None:
        try:
            pins.pin_policy(target.origin, chosen.to_pin)
        except StoreError as error:
            typer.echo(f"not remembered on this machine: {error}", err=True)
    _say(copy, mirrored, chosen)


def _check_is_of(copy: Mirror, origin: str) -> None:
    """Refuse a folder that has the copy of another log.

    Raises:
        StoreError: It has.
    """
    note = copy.checkpoint()
    if note is None:
        return
    with suppress(MalformedError):
        kept = parse_checkpoint(parse_note(note).text).origin
        if kept != origin:
            raise with_hint(
                StoreError(f"{copy.folder}: has a copy of {kept}, not of {origin}"),
                "each log has a folder of its own",
            )


def _advance(copy: Mirror, target: LedgerTarget, policy: bytes) -> Mirrored:
    def entries(size: int, start: int) -> Iterator[tuple[int, bytes]]:
        return ((index, entry) for index, entry, _ in target.entries(size, start))

    with progress("mirroring") as on_progress:
        return copy.advance(
            # A data folder has what witnesses have cosigned apart, as it is shown.
            target.cosigned or target.note,
            entries,
            origin=target.origin,
            log_keys=parse_policy(policy).log(target.origin),
            policy=policy,
            on_progress=on_progress,
        )


def _say(copy: Mirror, mirrored: Mirrored, chosen: Chosen) -> None:
    size = mirrored.checkpoint.size
    new = size - mirrored.before
    typer.echo(f"mirrored: {mirrored.checkpoint.origin}, {size} entries, {new} new")
    for said in chosen.said:
        typer.echo(f"policy: {said}", err=True)
    if mirrored.mended:
        typer.echo(f"mended: {mirrored.mended} files were damaged", err=True)
    if mirrored.before == 0:
        typer.echo(
            f"the entries are those of the checkpoint; what they say is verified by: "
            f"caravan verify {copy.folder}",
            err=True,
        )
