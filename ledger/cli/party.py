"""``caravan party``: who may sign what. Directory statements, by the registrar mostly.

Each verb prints the statement, or posts it with ``--to``. A signer whose private key is
elsewhere is given as a vkey: what is printed then is a draft, which ``caravan sign``
completes there.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ledger.action import Rights, parse_action
from ledger.cli.drafts import draft_statement, say_missing
from ledger.cli.keyfiles import read_signer
from ledger.cli.ledgers import find_origin, open_target, read_directory
from ledger.cli.options import AsJson, Key, Ledger, Origin, PassphraseFile, To
from ledger.cli.outcome import with_hint
from ledger.cli.post import post_notes
from ledger.encoding import Json, canonical, parse_canonical
from ledger.errors import NotFoundError
from ledger.note import NoteSigner, VerifierKey, parse_vkey
from ledger.roles import ROLES, parse_right, rights_body, role_rights

app = typer.Typer(help="Admit parties, authorise and revoke their keys.")

PartyId = Annotated[
    str, typer.Option(help="Its id, or the last segment of it: green-oasis.")
]
MoreRights = Annotated[
    list[str] | None,
    typer.Option("--right", help="A right, as in inspecting or inspecting:conformant."),
]
Persistent = Annotated[
    list[str] | None,
    typer.Option("--persistent", help="A persistent disposition it may set and unset."),
]


@app.command()
def admit(
    id_: Annotated[str, typer.Option("--id", help="Its id, or the last segment.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    key: Key,
    name: Annotated[
        str | None, typer.Option(help="Display name; of legal persons only.")
    ] = None,
    place: Annotated[list[str] | None, typer.Option(help="Where it works.")] = None,
    prefix: Annotated[
        list[str] | None, typer.Option(help="Beginning of identifiers it may create.")
    ] = None,
    right: MoreRights = None,
    persistent: Persistent = None,
    origin: Origin = None,
    ledger: Ledger = None,
    to: To = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Admit a party in a role, or replace all that was said of it."""
    rights, more = role_rights(role), _rights(right, persistent)
    if more is not None:
        rights = Rights(rights.steps | more.steps, rights.persistent | more.persistent)
    for_origin = find_origin(origin, ledger or to)
    body: dict[str, Json] = {
        "action": "admit",
        "kind": role,
        "party": party_id(id_, for_origin),
        "places": [*(place or [])],
        "prefixes": [*(prefix or [])],
        "rights": rights_body(rights),
    }
    if name is not None:
        body["name"] = name
    finish(body, for_origin, [read_signer(key, passphrase_file)], to)


@app.command()
def authorize(
    party: PartyId,
    new_key: Annotated[
        str, typer.Option(help="The key: its file, or a vkey if it is elsewhere.")
    ],
    key: Key,
    until: Annotated[
        str | None, typer.Option(help="When it ends: YYYY-MM-DDThh:mm:ss.mmmZ.")
    ] = None,
    importer: Annotated[
        bool, typer.Option("--importer", help="It takes over an existing register.")
    ] = False,
    officer: Annotated[
        bool, typer.Option("--officer", help="It may authorise others of its party.")
    ] = False,
    on_behalf_of: Annotated[
        str | None, typer.Option(help="Party for which it acts.")
    ] = None,
    consent: Annotated[
        str | None, typer.Option(help="Key of that party's officer: file or vkey.")
    ] = None,
    right: MoreRights = None,
    persistent: Persistent = None,
    origin: Origin = None,
    ledger: Ledger = None,
    to: To = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Bind a key to a party; that key signs too, to prove that somebody has it."""
    for_origin = find_origin(origin, ledger or to)
    introduced = signer_of(new_key, passphrase_file)
    body: dict[str, Json] = {
        "action": "authorize",
        "key": vkey_of(introduced).to_text(),
        "party": party_id(party, for_origin),
    }
    if until is not None:
        body["until"] = until
    if importer:
        body["importer"] = True
    if officer:
        body["officer"] = True
    if on_behalf_of is not None:
        body["on_behalf_of"] = party_id(on_behalf_of, for_origin)
    narrower = _rights(right, persistent)
    if narrower is not None:
        body["rights"] = rights_body(narrower)
    signers = [read_signer(key, passphrase_file), introduced]
    if consent is not None:
        signers.append(signer_of(consent, passphrase_file))
    finish(body, for_origin, signers, to)


@app.command()
def revoke(
    party: PartyId,
    revoked: Annotated[str, typer.Option(help="The key: its vkey, or its file.")],
    key: Key,
    suspect_since: Annotated[
        str | None, typer.Option(help="Since when: YYYY-MM-DDThh:mm:ss.mmmZ.")
    ] = None,
    origin: Origin = None,
    ledger: Ledger = None,
    to: To = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """End a party's key; what it signed before stays valid."""
    for_origin = find_origin(origin, ledger or to)
    body: dict[str, Json] = {
        "action": "revoke",
        "key": vkey_of(signer_of(revoked, passphrase_file)).to_text(),
        "party": party_id(party, for_origin),
    }
    if suspect_since is not None:
        body["suspect_since"] = suspect_since
    finish(body, for_origin, [read_signer(key, passphrase_file)], to)


@app.command("list")
def list_parties(ledger: Ledger = None, as_json: AsJson = False) -> None:
    """List parties and their keys, as the ledger says; "verify" checks it."""
    if ledger is None:
        raise with_hint(NotFoundError("ledger: none given"), "give --ledger")
    with open_target(ledger) as target:
        directory = read_directory(target)
    found: list[Json] = []
    for party in directory.parties.values():
        keys = directory.keys_of(party.id)
        found.append(
            {
                "id": party.id,
                "keys": [
                    {"ended_at": bound.ended_at, "vkey": bound.vkey.to_text()}
                    for bound in keys
                ],
                "kind": party.kind,
                "name": party.name,
                "prefixes": [*party.prefixes],
            }
        )
        if not as_json:
            typer.echo(f"{party.id} {party.kind} {party.name or ''}".rstrip())
            for bound in keys:
                ended = "" if bound.ended_at is None else f" ended at {bound.ended_at}"
                typer.echo(f"  {bound.vkey.label}{ended}")
    if as_json:
        typer.echo(canonical(found))


def party_id(text: str, origin: str) -> str:
    """Return a party's id, given whole or by its last segment.

    >>> party_id("green-oasis", "herd.example/log-1f2e3d4c")
    'https://herd.example/id/party/green-oasis'
    """
    host = origin.split("/", 1)[0]
    return text if "/" in text else f"https://{host}/id/party/{text}"


def _rights(right: list[str] | None, persistent: list[str] | None) -> Rights | None:
    if not right and not persistent:
        return None
    steps = frozenset(parse_right(text) for text in right or [])
    return Rights(steps, frozenset(persistent or []))


def signer_of(text: str, passphrase_file: Path | None) -> NoteSigner | VerifierKey:
    """Return the key in a file, or the public key that a vkey is."""
    if not Path(text).is_file() and text.count("+") >= 2:
        return parse_vkey(text)
    return read_signer(Path(text), passphrase_file)


def vkey_of(signer: NoteSigner | VerifierKey) -> VerifierKey:
    """Return the public key of one who signs, here or elsewhere."""
    return signer if isinstance(signer, VerifierKey) else signer.vkey


def finish(
    body: dict[str, Json],
    origin: str,
    signers: Sequence[NoteSigner | VerifierKey],
    to: str | None,
) -> None:
    """Sign a directory statement, and post or print it."""
    # What would be refused as invalid is never signed.
    host = origin.split("/", 1)[0]
    parse_action(parse_canonical(canonical(body)), host=host, origin=origin)
    statement = draft_statement(
        origin=origin, kind="directory", body=body, signers=signers
    )
    missing = say_missing(statement)
    if to is None:
        typer.echo(statement, nl=False)
    elif missing:
        raise with_hint(
            NotFoundError("statement: not complete, so it was not posted"),
            "leave --to away, and let the others sign with: caravan sign FILE --key …",
        )
    else:
        post_notes([statement], to)
