"""``caravan label``: the codes that go on packs, one by one or in sheets.

A code is a GS1 Digital Link URI on the ledger's own domain, or an identifier of the
ledger's own. It ends in a fragment only where others vouch for the checkpoint in it:
``packed`` says how that is found, and how it is recorded.
"""

import os
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote, urlsplit

import typer

from ledger.cli.folder import read_file
from ledger.cli.keyfiles import read_signer
from ledger.cli.ledgers import find_origin, is_url
from ledger.cli.options import AcceptPolicy, Ledger, PassphraseFile, Policy
from ledger.cli.outcome import with_hint
from ledger.cli.packed import (
    PackedLot,
    choose_serials,
    find_fragment,
    read_lot,
    record_label,
    without_fragment,
)
from ledger.cli.paper import ROLL, Code, Paper, say
from ledger.cli.trusting import choose_policy
from ledger.cli.voiding import print_voiding
from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.errors import (
    IdentifierError,
    KeyFileError,
    MalformedError,
    NotFoundError,
    QuorumError,
)
from ledger.fragment import fragment_of
from ledger.identifier import GS1, identifiers_from_path
from ledger.note import NoteSigner
from ledger.pins import default_pins
from ledger.seal import format_time
from ledger.sheet import LARGEST_VERSION, MAX_VERSION, PAGES

_LOT: Final = re.compile(r"/01/[0-9]{14}/10/[^/?#]+$")
_UNRESERVED: Final = "._~-"


def label(
    subject: Annotated[
        list[str] | None,
        typer.Argument(help="The URI of a lot, serial, animal, place or party."),
    ] = None,
    serials: Annotated[
        Path | None,
        typer.Option(help="File with a serial of the lot, or a URI, on each line."),
    ] = None,
    every_serial: Annotated[
        bool,
        typer.Option("--every-serial", help="All serials that were packed in the lot."),
    ] = False,
    void: Annotated[
        bool,
        typer.Option(
            "--void",
            help="Print what voids these serials, for caravan sign, and no code.",
        ),
    ] = False,
    reason: Annotated[str, typer.Option(help="Why they are voided.")] = "not used",
    region: Annotated[
        bool,
        typer.Option(
            "--region",
            help="The code of the ledger's own page, for what has no serial.",
        ),
    ] = False,
    witnessed: Annotated[
        bool,
        typer.Option(
            "--witnessed",
            help="End each code in a checkpoint of the ledger that others have "
            "cosigned since the packing, and have that recorded.",
        ),
    ] = False,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew", help="Take the newest checkpoint, not the one recorded before."
        ),
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            envvar="CARAVAN_KEY",
            help="Key file to sign with what is printed; of who packed the lot.",
        ),
    ] = None,
    step: Annotated[
        str, typer.Option(help="Business step that is recorded.")
    ] = "encoding",
    place: Annotated[
        str | None,
        typer.Option(
            help="Where it is printed, or voided.",
            show_default="where the lot was packed",
        ),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="A .pdf or .svg file for a sheet of labels.")
    ] = None,
    size: Annotated[
        str, typer.Option(help="Width and height of a label, in mm.")
    ] = "40x30",
    page: Annotated[
        str,
        typer.Option(
            help=f"The paper: {', '.join(PAGES)}, width and height in mm, or "
            f"{ROLL} for a roll of labels."
        ),
    ] = "a4",
    large_code: Annotated[
        bool,
        typer.Option("--large-code", help="Take a code of more than 45 dots a side."),
    ] = False,
    ledger: Ledger = None,
    site: Annotated[
        str | None,
        typer.Option(help="Where the codes lead, if not to the ledger's URL."),
    ] = None,
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    passphrase_file: PassphraseFile = None,
    out: Annotated[
        Path | None, typer.Option(help="A .png or .svg file; else the terminal.")
    ] = None,
    scale: Annotated[int, typer.Option(help="Pixels of one dot.", min=1)] = 8,
) -> None:
    """Make the QR code that leads to the page of a subject, and print what it says.

    The page is looked for at the ledger, if one is given, else at the URI's own host.
    With --sheet it is many codes, each with its text, on paper or a roll of labels.
    """
    paper = Paper(sheet, out, size, page, scale, _largest(large_code))
    if void and (sheet or out or witnessed or every_serial or region):
        raise typer.BadParameter("prints no code", param_hint="--void")
    if region and (witnessed or every_serial):
        raise typer.BadParameter("names no lot", param_hint="--region")
    led_to, home = site or ledger, ""
    if led_to is not None and not is_url(led_to):
        led_to = "https://" + find_origin(None, led_to).split("/", 1)[0]
    named = [*(subject or [])]
    if every_serial:
        if serials is not None:
            raise typer.BadParameter(
                "--serials names some", param_hint="--every-serial"
            )
        _only_lot(named)
    if serials is not None:
        named = [*_read_serials(serials, named)]
    # Of what is voided no code is made, so that it need not lead anywhere.
    codes = [_code(each, "" if void else led_to) for each in named]
    if void:
        now = format_time(SystemClock().now_ms())
        print_voiding(codes, place=place, reason=reason, time=now)
        return
    if region:
        paper.draw([_region_code(named, led_to)]).write()
        return
    if witnessed or every_serial:
        pins = default_pins(os.environ)
        choose = partial(
            choose_policy, pins=pins, given=policy, accept_served=accept_policy
        )
        with LedgerClient(_asked(ledger)) as client:
            ask = partial(read_lot, client, _one_lot(codes), choose, pins)
            try:
                found = ask()
            except QuorumError as error:
                raise (without_fragment(error) if witnessed else error) from None
            home = found.checkpoint.origin.split("/", 1)[0]
            if every_serial:
                every = (name.rpartition("/")[2] for name in found.serials)
                named = [f"{named[0]}/21/{each}" for each in every]
                codes = [_code(each, led_to) for each in named]
            packed = choose_serials(found, [each.serial for each in codes])
            fragment = find_fragment(found, packed, is_new=anew) if witnessed else None
            drawn = paper.draw(codes, fragment, packed)
            if fragment in found.recorded:
                # What is printed once more has to hold today too.
                ask(printed=fragment)
            elif fragment is not None:
                _record(
                    client,
                    found,
                    step=step,
                    place=place or [*packed.values()][-1].place,
                    signer=_signer(key, passphrase_file),
                )
            for alarm in found.alarms:
                say(f"{alarm.word}: {alarm.subject}, said in entry {alarm.index}")
    else:
        drawn = paper.draw(codes)
    for said in _leads_away(named, codes, home):
        say(said)
    drawn.write()


def page_uri(subject: str, ledger: str | None) -> str:
    """Return the URI of a subject's page.

    Args:
        subject: An identifier, or a Digital Link URI with lot and serial in one.
        ledger: URL of the ledger; None takes the subject's own host.

    Raises:
        IdentifierError: It is not in its one spelling, or there is no host.

    >>> page_uri("https://id.gs1.org/01/09520123456788/10/L1", "http://herd.example/")
    'http://herd.example/01/09520123456788/10/L1'
    """
    try:
        parts = urlsplit(subject)
    except ValueError as error:
        raise IdentifierError(f"subject: {error}") from error
    if parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise IdentifierError(f"subject: got {subject}, want https://… and only a path")
    identifiers_from_path(parts.path, host=parts.netloc)
    if ledger is not None:
        return ledger.rstrip("/") + parts.path
    if subject.startswith(GS1):
        raise with_hint(
            IdentifierError("subject: its page is not known by its URI"),
            "give --ledger URL, whose domain the code is to name",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _code(subject: str, led_to: str | None) -> Code:
    """Return the code of a subject."""
    uri = page_uri(subject, led_to)
    parts = urlsplit(subject)
    found = identifiers_from_path(parts.path, host=parts.netloc)
    kinds = {each.kind: each.text for each in found}
    return Code(uri, parts.path, kinds.get("serial", ""), kinds.get("lot", ""))


def _region_code(named: Sequence[str], led_to: str | None) -> Code:
    """Return the code of the page that the ledger has at its root."""
    if named or led_to is None:
        raise with_hint(
            MalformedError("label: the region's code names nothing but the ledger"),
            "give --ledger URL or --site URL, and no subject",
        )
    return Code(f"{led_to.rstrip('/')}/", "/", "", "")


def _only_lot(named: Sequence[str]) -> str:
    """Return the lot whose serials are wanted."""
    is_one = len(named) == 1 and _LOT.search(named[0]) is not None
    if not is_one:
        raise with_hint(
            MalformedError("label: want one lot, to which the serials belong"),
            "give its URI: …/01/GTIN/10/LOT",
        )
    return named[0]


def _one_lot(codes: Sequence[Code]) -> str:
    """Return the one lot that all of the codes are of."""
    lots = {each.lot for each in codes}
    if len(lots) != 1 or "" in lots:
        raise with_hint(
            MalformedError("label: want a lot, or serials of one lot"),
            "name each with its lot: …/01/GTIN/10/LOT/21/SERIAL",
        )
    return lots.pop()


def _read_serials(file: Path, named: Sequence[str]) -> Iterator[str]:
    """Yield the URIs that a file names, a line for each."""
    try:
        lines = read_file(file).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise MalformedError(f"{file}: not UTF-8 at byte {error.start}") from error
    for line in filter(None, map(str.strip, lines)):
        if is_url(line):
            yield line
        else:
            yield f"{_only_lot(named)}/21/{quote(line, safe=_UNRESERVED)}"


def _asked(ledger: str | None) -> str:
    """Return the URL of a ledger that can be asked and told."""
    if ledger is None or not is_url(ledger):
        raise with_hint(
            NotFoundError("ledger: none that can be asked over the network"),
            "give --ledger URL",
        )
    return ledger


def _signer(key: Path | None, passphrase_file: Path | None) -> NoteSigner:
    if key is None:
        raise with_hint(
            KeyFileError("key: none to sign what is printed"),
            "give --key FILE, the key of who packed the lot",
        )
    return read_signer(key, passphrase_file)


def _leads_away(
    named: Sequence[str], codes: Sequence[Code], home: str
) -> Iterator[str]:
    """Yield what to say of codes that lead elsewhere than to their ledger's domain."""
    pairs = {
        (
            home if name.startswith(GS1) else urlsplit(name).netloc,
            urlsplit(each.uri).netloc,
        ): None
        for name, each in zip(named, codes, strict=True)
    }
    for host, led_to in pairs:
        if host not in {"", led_to}:
            yield f"the code leads to {led_to}, not to {host}"


def _record(
    client: LedgerClient,
    found: PackedLot,
    *,
    step: str,
    place: str,
    signer: NoteSigner,
) -> None:
    """Have recorded what is printed, and say where."""
    index = record_label(client, found, step=step, place=place, signer=signer)
    fragment = fragment_of(found.checkpoint.size, found.checkpoint.root)
    say(f"entry {index} records {fragment.to_text()} for {found.id}")


def _largest(is_large: bool) -> int:
    return LARGEST_VERSION if is_large else MAX_VERSION
