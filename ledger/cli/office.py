"""``caravan party ledger-key`` and ``rotate``: keys that are no party's.

A ledger key signs checkpoints, and the registrar decides who may sign at all. Both can
be changed, in the log itself, so that whoever knew the old key is led to the new one.
"""

from collections.abc import Sequence
from typing import Annotated

import typer

from ledger.action import Genesis, parse_action
from ledger.cli.keyfiles import read_signer
from ledger.cli.ledgers import find_origin, open_target
from ledger.cli.options import Key, Ledger, Origin, PassphraseFile, To
from ledger.cli.outcome import with_hint
from ledger.cli.party import finish, signer_of, vkey_of
from ledger.encoding import Json, parse_canonical
from ledger.errors import MalformedError, NotFoundError, PolicyError
from ledger.note import NoteSigner, VerifierKey
from ledger.policy import parse_policy
from ledger.statement import parse_statement

Signers = Sequence[NoteSigner | VerifierKey]


def ledger_key(
    key: Key,
    add: Annotated[
        str | None,
        typer.Option(help="A key that checkpoints carry from now on: vkey or file."),
    ] = None,
    retire: Annotated[
        str | None,
        typer.Option(help="A key that they carry no longer: vkey or file."),
    ] = None,
    origin: Origin = None,
    ledger: Ledger = None,
    to: To = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Add a key that signs checkpoints, or retire one; all in force sign each."""
    if (add is None) == (retire is None):
        raise NotFoundError("ledger-key: want one of --add and --retire")
    for_origin = find_origin(origin, ledger or to)
    body: dict[str, Json] = {"action": "ledger-key"}
    if add is not None:
        body["add"] = vkey_of(signer_of(add, passphrase_file)).to_text()
    if retire is not None:
        retired = vkey_of(signer_of(retire, passphrase_file))
        body["retire"] = retired.to_text()
        if ledger or to:
            _check_policy(ledger or to or "", retired)
    finish(body, for_origin, [read_signer(key, passphrase_file)], to)


def rotate(
    new: Annotated[
        str,
        typer.Option(help="The registrar's new key: its file, or a vkey if elsewhere."),
    ],
    key: Annotated[
        str | None,
        typer.Option(help="The registrar's key until now: file or vkey."),
    ] = None,
    recovery: Annotated[
        list[str] | None,
        typer.Option(
            help="Where that is lost or stolen, a recovery key: file or vkey."
        ),
    ] = None,
    origin: Origin = None,
    ledger: Ledger = None,
    to: To = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Put another key in the registrar's place; the old one decides nothing more."""
    if (key is None) == (not recovery):
        raise NotFoundError("rotate: want either --key or --recovery")
    for_origin = find_origin(origin, ledger or to)
    successor = signer_of(new, passphrase_file)
    if key is not None:
        signers = [signer_of(key, passphrase_file), successor]
    else:
        recovering = [signer_of(text, passphrase_file) for text in recovery or ()]
        if ledger or to:
            recovering = _in_order(recovering, read_genesis(ledger or to or ""))
        signers = [successor, *recovering]
    if all(isinstance(signer, VerifierKey) for signer in signers):
        raise with_hint(
            NotFoundError("rotate: no private key of a signer is here"),
            "give at least one of them as a file; the others may be vkeys",
        )
    body: dict[str, Json] = {
        "action": "rotate",
        "registrar": vkey_of(successor).to_text(),
    }
    finish(body, for_origin, signers, to)


def read_genesis(ledger: str) -> Genesis:
    """Return entry 0 of a ledger, as the ledger says.

    Raises:
        NotFoundError: It has none.
        LedgerError: It cannot be read, or is damaged.
    """
    with open_target(ledger) as target:
        first = next(target.entries(target.size, 0), None)
        if first is None:
            raise NotFoundError(f"{ledger}: has no entries")
        body = parse_canonical(parse_statement(first[1]).body)
        host = target.origin.partition("/")[0]
        action = parse_action(body, host=host, origin=target.origin)
    if not isinstance(action, Genesis):
        raise NotFoundError(f"{ledger}: entry 0 is no genesis")
    return action


def _in_order(recovering: Signers, genesis: Genesis) -> list[NoteSigner | VerifierKey]:
    """Return recovery keys in the order that the genesis has them in.

    Raises:
        NotFoundError: One of them is none, or they are not as many as are needed.
    """
    places = {vkey: place for place, vkey in enumerate(genesis.recovery_keys)}
    found: dict[int, NoteSigner | VerifierKey] = {}
    for signer in recovering:
        vkey = vkey_of(signer)
        if vkey not in places:
            raise NotFoundError(f"recovery: {vkey.label} is no recovery key")
        found[places[vkey]] = signer
    if len(found) != genesis.recovery_count:
        raise NotFoundError(
            f"recovery: got {len(found)} keys, want {genesis.recovery_count} of "
            f"{', '.join(vkey.label for vkey in genesis.recovery_keys) or 'none'}"
        )
    return [found[place] for place in sorted(found)]


def _check_policy(ledger: str, retired: VerifierKey) -> None:
    """Refuse to retire the one key by which those who come new would judge.

    Raises:
        PolicyError: The policy that the ledger suggests names no other key of it.
        LedgerError: The ledger cannot be read.
    """
    with open_target(ledger) as target:
        if target.policy is None:
            return
        try:
            named = parse_policy(target.policy).log(target.origin)
        except MalformedError:
            return  # whoever reads it is told
    if named == (retired,):
        raise with_hint(
            PolicyError(f"policy: names no other ledger key than {retired.label}"),
            "whoever comes new would refuse every checkpoint: add a log line with the "
            "key that stays, and start the server again",
        )
