"""Actions: what a directory statement's body says (blueprint, 3.7).

Each action has exactly the members listed in ``docs/formats.md``; one more or one less
is malformed. Only the form is read here: who may do it, and whether the keys and
prefixes are still free, is for ``directory``.

Pure functions over parsed canonical JSON. ``scanner_web/verify/action.js`` is the twin
for the browser; ``tests/vectors/action`` holds both to every member and its lies.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, NoReturn, TypeVar, assert_never

from ledger.encoding import Json
from ledger.errors import MalformedError, SignatureError, StatementFormatError
from ledger.identifier import check_prefix, parse_identifier
from ledger.note import ED25519, VerifierKey, check_key_name, parse_vkey
from ledger.seal import parse_time
from ledger.signatures import check_public_key
from ledger.statement import MAX_SIGNERS

REGISTRAR: Final = "registrar"
"""The subject of statements about the registrar's and the ledger's keys."""

MIN_AGE_SECONDS: Final = 60
MAX_NAME_BYTES: Final = 256
NATURAL_PERSONS: Final = frozenset({"household", "person"})
"""Kinds of party whose name never stands in the ledger."""

_KIND: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_WORD: Final = re.compile(r"[a-z]+(_[a-z]+)*")
_PARTY: Final = re.compile(r"[a-z0-9-]+")

T = TypeVar("T")
Step = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Rights:
    """What an issuer may state.

    ``steps`` pairs a business step with a disposition, or with None for an event that
    has none; ``persistent`` holds the dispositions it may set or unset.
    """

    steps: frozenset[Step]
    persistent: frozenset[str]

    def is_within(self, other: "Rights") -> bool:
        """Tell whether everything allowed here is allowed there."""
        return self.steps <= other.steps and self.persistent <= other.persistent

    def shared_with(self, other: "Rights") -> "Rights":
        """Return what both allow."""
        return Rights(self.steps & other.steps, self.persistent & other.persistent)


@dataclass(frozen=True, slots=True)
class Genesis:
    """Begin a ledger."""

    registrar: VerifierKey
    ledger_keys: tuple[VerifierKey, ...]
    recovery_count: int
    recovery_keys: tuple[VerifierKey, ...]
    max_age_seconds: int


@dataclass(frozen=True, slots=True)
class Admit:
    """Admit a party, or replace all that was said of it."""

    party: str
    kind: str
    name: str | None
    places: tuple[str, ...]
    prefixes: tuple[str, ...]
    rights: Rights


@dataclass(frozen=True, slots=True)
class Authorize:
    """Bind a key to a party; ``rights`` is None where they are not narrowed."""

    party: str
    key: VerifierKey
    rights: Rights | None
    until: str | None
    is_importer: bool
    is_officer: bool
    on_behalf_of: str | None

    @property
    def until_ms(self) -> int | None:
        """Return the time from which no seal may close what the key signs."""
        return None if self.until is None else parse_time(self.until)


@dataclass(frozen=True, slots=True)
class Revoke:
    """End a party's key."""

    party: str
    key: VerifierKey
    suspect_since: str | None


@dataclass(frozen=True, slots=True)
class Rotate:
    """Put another key in the registrar's place."""

    registrar: VerifierKey


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """Add a key that checkpoints must carry from now on, or retire one."""

    change: Literal["add", "retire"]
    key: VerifierKey


Action = Genesis | Admit | Authorize | Revoke | Rotate | LedgerKey


def parse_action(body: Mapping[str, Json], *, host: str, origin: str) -> Action:
    """Return the action that a body describes.

    Args:
        body: A parsed canonical body.
        host: The host of the origin, under which parties have their ids.
        origin: The ledger, whose name its own keys bear.

    Raises:
        StatementFormatError: The action is none of ours, or a member is missing,
            unknown or of the wrong form; ``pointer`` says which.

    >>> parse_action({"action": "rotate"}, host="a.b", origin="a.b/milk")
    Traceback (most recent call last):
    ledger.errors.StatementFormatError: body: member registrar is missing
    """
    word = body.get("action")
    reader = _READERS.get(word) if isinstance(word, str) else None
    if reader is None:
        _refuse("/action", f"want one of {', '.join(_READERS)}")
    return reader(body, _Names(host=host, origin=origin))


def introduced_key(action: Action) -> VerifierKey | None:
    """Return the key that signs the statement which first names it, if there is one."""
    match action:
        case Genesis() | Rotate():
            return action.registrar
        case Authorize():
            return action.key
        case _:
            return None


def action_subjects(action: Action) -> tuple[str, ...]:
    """Return the subjects of a directory statement, sorted by code point, each once."""
    match action:
        case Genesis() | Rotate() | LedgerKey():
            return (REGISTRAR,)
        case Admit() | Revoke():
            return (action.party,)
        case Authorize():
            if action.on_behalf_of is None:
                return (action.party,)
            return tuple(sorted((action.party, action.on_behalf_of)))
        case _:
            assert_never(action)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the forms depend on besides the body."""

    host: str
    origin: str


def _read_genesis(body: Mapping[str, Json], names: _Names) -> Genesis:
    members = ("action", "ledger_keys", "max_age_seconds", "recovery", "registrar")
    _check_members(body, "", required=members)
    recovery = _object(body["recovery"], "/recovery")
    _check_members(recovery, "/recovery", required=("k", "keys"))
    recovery_keys = _each(recovery["keys"], "/recovery/keys", _vkey)
    most = min(len(recovery_keys), MAX_SIGNERS - 1)
    ledger_keys = _each(
        body["ledger_keys"], "/ledger_keys", lambda v, at: _ledger_vkey(v, at, names)
    )
    if not ledger_keys:
        _refuse("/ledger_keys", "want at least one")
    return Genesis(
        registrar=_vkey(body["registrar"], "/registrar"),
        ledger_keys=ledger_keys,
        recovery_count=_integer(
            recovery["k"], "/recovery/k", least=min(1, most), most=most
        ),
        recovery_keys=recovery_keys,
        max_age_seconds=_integer(
            body["max_age_seconds"], "/max_age_seconds", least=MIN_AGE_SECONDS
        ),
    )


def _read_admit(body: Mapping[str, Json], names: _Names) -> Admit:
    members = ("action", "kind", "party", "places", "prefixes", "rights")
    _check_members(body, "", required=members, optional=("name",))
    kind = _matching(body["kind"], "/kind", _KIND)
    name = _optional(body, "name", _text)
    if name is not None:
        if kind in NATURAL_PERSONS:
            _refuse("/name", f"a {kind} has none in the ledger")
        if not 1 <= len(name.encode()) <= MAX_NAME_BYTES:
            _refuse("/name", f"want 1 to {MAX_NAME_BYTES} bytes")
    return Admit(
        party=_party(body["party"], "/party", names),
        kind=kind,
        name=name,
        places=_each(body["places"], "/places", lambda v, at: _place(v, at, names)),
        prefixes=_each(
            body["prefixes"], "/prefixes", lambda v, at: _prefix(v, at, names)
        ),
        rights=_rights(body["rights"], "/rights"),
    )


def _read_authorize(body: Mapping[str, Json], names: _Names) -> Authorize:
    _check_members(
        body,
        "",
        required=("action", "key", "party"),
        optional=("importer", "officer", "on_behalf_of", "rights", "until"),
    )
    party = _party(body["party"], "/party", names)
    on_behalf_of = _optional(body, "on_behalf_of", lambda v, at: _party(v, at, names))
    if on_behalf_of == party:
        _refuse("/on_behalf_of", "the party itself")
    return Authorize(
        party=party,
        key=_vkey(body["key"], "/key"),
        rights=_optional(body, "rights", _rights),
        until=_optional(body, "until", _time),
        is_importer=_claim(body, "importer"),
        is_officer=_claim(body, "officer"),
        on_behalf_of=on_behalf_of,
    )


def _read_revoke(body: Mapping[str, Json], names: _Names) -> Revoke:
    members = ("action", "key", "party")
    _check_members(body, "", required=members, optional=("suspect_since",))
    return Revoke(
        party=_party(body["party"], "/party", names),
        key=_vkey(body["key"], "/key"),
        suspect_since=_optional(body, "suspect_since", _time),
    )


def _read_rotate(body: Mapping[str, Json], _names: _Names) -> Rotate:
    _check_members(body, "", required=("action", "registrar"))
    return Rotate(_vkey(body["registrar"], "/registrar"))


def _read_ledger_key(body: Mapping[str, Json], names: _Names) -> LedgerKey:
    if "add" in body:
        _check_members(body, "", required=("action", "add"))
        return LedgerKey("add", _ledger_vkey(body["add"], "/add", names))
    _check_members(body, "", required=("action", "retire"))
    return LedgerKey("retire", _ledger_vkey(body["retire"], "/retire", names))


_READERS: Final[dict[str, Callable[[Mapping[str, Json], _Names], Action]]] = {
    "admit": _read_admit,
    "authorize": _read_authorize,
    "genesis": _read_genesis,
    "ledger-key": _read_ledger_key,
    "revoke": _read_revoke,
    "rotate": _read_rotate,
}


def _refuse(pointer: str, reason: str) -> NoReturn:
    what = pointer[1:] or "body"
    raise StatementFormatError(f"{what}: {reason}", pointer=pointer)


def _check_members(
    value: Mapping[str, Json],
    pointer: str,
    *,
    required: Iterable[str],
    optional: Iterable[str] = (),
) -> None:
    for name in required:
        if name not in value:
            _refuse(pointer, f"member {name} is missing")
    unknown = [name for name in value if name not in {*required, *optional}]
    if unknown:
        escaped = unknown[0].replace("~", "~0").replace("/", "~1")
        _refuse(f"{pointer}/{escaped}", "unknown member")


def _object(value: Json, pointer: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        _refuse(pointer, "want an object")
    return value


def _text(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        _refuse(pointer, "want a text")
    return value


def _matching(value: Json, pointer: str, pattern: re.Pattern[str]) -> str:
    text = _text(value, pointer)
    if pattern.fullmatch(text) is None:
        _refuse(pointer, f"want {pattern.pattern}")
    return text


def _integer(value: Json, pointer: str, *, least: int, most: int | None = None) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse(pointer, "want an integer")
    if value < least or (most is not None and value > most):
        limit = "" if most is None else f" and at most {most}"
        _refuse(pointer, f"got {value}, want at least {least}{limit}")
    return value


def _optional(
    body: Mapping[str, Json], name: str, read: Callable[[Json, str], T]
) -> T | None:
    return read(body[name], f"/{name}") if name in body else None


def _claim(body: Mapping[str, Json], name: str) -> bool:
    # Absent is the one spelling of false.
    if name in body and body[name] is not True:
        _refuse(f"/{name}", "want true, or no such member")
    return name in body


def _each(value: Json, pointer: str, read: Callable[[Json, str], T]) -> tuple[T, ...]:
    if not isinstance(value, list):
        _refuse(pointer, "want an array")
    items: dict[T, None] = {}
    for place, item in enumerate(value):
        got = read(item, f"{pointer}/{place}")
        if got in items:
            _refuse(f"{pointer}/{place}", "the same twice")
        items[got] = None
    return tuple(items)


def _rights(value: Json, pointer: str) -> Rights:
    rights = _object(value, pointer)
    _check_members(rights, pointer, required=("persistent", "steps"))
    return Rights(
        steps=frozenset(_each(rights["steps"], f"{pointer}/steps", _step)),
        persistent=frozenset(
            _each(
                rights["persistent"],
                f"{pointer}/persistent",
                lambda word, at: _matching(word, at, _WORD),
            )
        ),
    )


def _step(value: Json, pointer: str) -> Step:
    if not isinstance(value, list) or len(value) != 2:
        _refuse(pointer, "want a business step and a disposition or null")
    step = _matching(value[0], f"{pointer}/0", _WORD)
    if value[1] is None:
        return step, None
    return step, _matching(value[1], f"{pointer}/1", _WORD)


def _spelled(value: Json, pointer: str, read: Callable[[str], T]) -> T:
    """Read a text whose form another module knows."""
    text = _text(value, pointer)
    try:
        return read(text)
    except (MalformedError, SignatureError) as error:
        raise StatementFormatError(
            f"{pointer[1:]}: {error}", pointer=pointer
        ) from error


def _vkey(value: Json, pointer: str) -> VerifierKey:
    key = _spelled(value, pointer, parse_vkey)
    _spelled(key.name, pointer, check_key_name)
    if key.kind != ED25519:
        _refuse(pointer, f"got a key of type {key.kind}, want {ED25519}")
    _spelled(value, pointer, lambda _text: check_public_key(key.key))
    return key


def _ledger_vkey(value: Json, pointer: str, names: _Names) -> VerifierKey:
    key = _vkey(value, pointer)
    if key.name != names.origin:
        _refuse(pointer, f"got a key named {key.name}, want {names.origin}")
    return key


def _party(value: Json, pointer: str, names: _Names) -> str:
    text = _text(value, pointer)
    beginning = f"https://{names.host}/id/party/"
    if not text.startswith(beginning) or not _PARTY.fullmatch(text[len(beginning) :]):
        _refuse(pointer, f"want {beginning} and {_PARTY.pattern}")
    return text


def _place(value: Json, pointer: str, names: _Names) -> str:
    read = partial(parse_identifier, host=names.host)
    return _spelled(value, pointer, read).text


def _prefix(value: Json, pointer: str, names: _Names) -> str:
    _spelled(value, pointer, partial(check_prefix, host=names.host))
    return _text(value, pointer)


def _time(value: Json, pointer: str) -> str:
    _spelled(value, pointer, parse_time)
    return _text(value, pointer)
