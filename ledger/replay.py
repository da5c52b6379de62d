"""The state that entries 0 … i−1 determine, and the judgement of entry i.

Valid is a function of the origin and the entries alone (``docs/formats.md``, "Valid").
The sequencer judges with this class before it appends and a verifier judges with it
when it reads, so what one accepts the other cannot refuse. No clock, no storage: what
occurred before is handed in as ``Occurrences``.

Order of checks of a statement: outer form, signatures, text known, form of the body,
authority, event identifier.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from ledger import seal as seals
from ledger.action import parse_action
from ledger.contents import Content, names_of, parse_content
from ledger.directory import Directory
from ledger.encoding import Json, parse_canonical, write_parsed
from ledger.errors import (
    AuthorityError,
    DuplicateError,
    EventReusedError,
    LedgerError,
    SealMismatchError,
    UnknownKeyError,
)
from ledger.event import Event, body_without_declaration
from ledger.index import IndexTree
from ledger.merkle import Frontier, leaf_hash
from ledger.note import VerifierKey
from ledger.seal import Seal, parse_seal
from ledger.statement import (
    Statement,
    check_origin,
    parse_statement,
    verify_statement_signatures,
)


class Occurrence(msgspec.Struct, frozen=True, gc=False):
    """What later statements must be compared with: one logged statement in short."""

    index: int
    party: str
    text_hash: bytes
    fingerprint: bytes
    """SHA-256 of the body without declaration, seq and prev; empty for directory."""
    is_declaration: bool


@dataclass(slots=True)
class Occurrences:
    """Logged statements by identity: the ``eventID``, or the text for a directory one.

    A verifier keeps them all; the sequencer loads those of its group.
    """

    by_identity: dict[str, tuple[Occurrence, ...]] = field(default_factory=dict)

    def add(self, identity: str, occurrence: Occurrence) -> None:
        """Remember that a statement with this identity was logged."""
        self.by_identity[identity] = (*self.find(identity), occurrence)

    def find(self, identity: str) -> tuple[Occurrence, ...]:
        """Return the statements logged with this identity, oldest first."""
        return self.by_identity.get(identity, ())


class Logged(Protocol):
    """What was logged before, by identity; ``Occurrences`` is it."""

    def add(self, identity: str, occurrence: Occurrence) -> None:
        """Remember that a statement with this identity was logged."""
        ...

    def find(self, identity: str) -> tuple[Occurrence, ...]:
        """Return the statements logged with this identity, oldest first."""
        ...


class Index(Protocol):
    """The lists of all subjects; ``IndexTree`` and ``PagedIndex`` are."""

    def append(self, subject: str, index: int) -> None:
        """Put the index of a statement at the end of a subject's list."""
        ...

    def root(self) -> bytes:
        """Return the root over all lists."""
        ...


class PreparedStatement(msgspec.Struct, frozen=True, gc=False):
    """A statement of which all is judged that does not depend on its place.

    Its form is right, its signatures are those of ``keys``, and its body is read.
    """

    statement: Statement
    keys: tuple[bytes, ...]
    """Public keys that the signatures were verified with, in the order of signers."""
    leaf: bytes
    body: Mapping[str, Json]
    content: Content
    identity: str
    fingerprint: bytes
    listed_under: tuple[str, ...]


class JudgedStatement(msgspec.Struct, frozen=True, gc=False):
    """A statement that is valid at its index, with what was read of it."""

    index: int
    leaf: bytes
    statement: Statement
    body: Mapping[str, Json]
    content: Content
    party: str
    """Party of the issuer; ``registrar`` where the registrar signed."""
    listed_under: tuple[str, ...]
    """Subjects whose lists this index joins, ``#alarm`` ones included."""
    identity: str
    occurrence: Occurrence


class JudgedSeal(msgspec.Struct, frozen=True, gc=False):
    """A seal that is valid at its index."""

    index: int
    leaf: bytes
    seal: Seal


def identity_of(statement: Statement, body: Mapping[str, Json]) -> str:
    """Return what a statement is looked up by: no URI has the blank of the second form.

    A parsed body is expected: an event has an ``eventID`` that is text.
    """
    if statement.kind == "event":
        return str(body["eventID"])
    return f"directory {statement.text_hash.hex()}"


def prepare_statement(
    entry: bytes, *, origin: str, keys: Mapping[str, VerifierKey]
) -> PreparedStatement:
    """Judge of a statement what does not depend on its place; pure, for any process.

    Args:
        entry: The statement.
        origin: Name of the ledger.
        keys: What the directory binds, or a part of it, by label. A label that is
            bound stays bound to its key, so that a directory of any time will do:
            whether a key may still sign is judged in the statement's turn.

    Raises:
        UnknownKeyError: A signer's key is not among these.
        LedgerError: The first check that fails; in its turn the statement may be
            refused for another reason.
    """
    statement = parse_statement(entry)
    check_origin(statement, origin)
    named = [keys[s.label] for s in statement.signers if s.label in keys]
    if len(named) != len(statement.signers):
        raise UnknownKeyError("signer: one is not in the directory")
    return _prepared(statement, named, None, origin)


class Replay:
    """What the entries so far determine; judges the next one.

    Nothing changes in :meth:`judge`; :meth:`advance` takes a judged entry in.
    """

    def __init__(
        self,
        origin: str,
        *,
        occurrences: Logged,
        check_every_index_root: bool = True,
    ) -> None:
        """Begin an empty ledger.

        Args:
            origin: Name of the ledger.
            occurrences: What was logged before; the replay adds to it.
            check_every_index_root: Recompute the index root at each seal; if not,
                whoever replays compares ``index.root()`` with the last seal.
        """
        self.origin = origin
        self.host = origin.split("/", 1)[0]
        self.size = 0
        self.chain_head = seals.chain_start(origin)
        self.frontier = Frontier()
        self.directory = Directory(origin)
        # The sequencer puts in one that is not whole in memory.
        self.index: Index = IndexTree(origin)
        self.occurrences = occurrences
        self.last_seal: Seal | None = None
        # Of the keys that signed since the last seal.
        self._earliest_until_ms: int | None = None
        self._check_every_index_root = check_every_index_root

    def judge(self, entry: bytes) -> JudgedStatement | JudgedSeal:
        """Return the next entry judged valid; nothing is changed.

        Raises:
            LedgerError: It is not valid at this index, which ``index`` names.
        """
        try:
            if seals.entry_kind(entry) == "seal":
                return self.judge_seal(entry)
            return self.judge_statement(entry)
        except LedgerError as error:
            error.index = self.size
            raise

    def judge_statement(self, entry: bytes) -> JudgedStatement:
        """Return the statement judged valid as the next entry.

        Raises:
            LedgerError: The first check that fails, in the order of the module text.
        """
        statement = parse_statement(entry)
        check_origin(statement, self.origin)
        if self.size == 0 and statement.kind != "directory":
            raise AuthorityError("entry 0: got an event, want the genesis")

        body: dict[str, Json] | None = None
        keys = self._bound_keys(statement)
        if keys is None:
            # Only the key that the body itself introduces can be missing here.
            body = parse_canonical(statement.body)
            keys = self._keys_with_introduced(statement, body)
        return self._judge_in_place(self._prepare(statement, keys, body))

    def judge_prepared(self, prepared: PreparedStatement) -> JudgedStatement:
        """Return a prepared statement judged valid as the next entry.

        Raises:
            LedgerError: What :meth:`judge_statement` would raise of the same entry.
        """
        statement = prepared.statement
        for signer, key in zip(statement.signers, prepared.keys, strict=True):
            bound = self.directory.key(signer)
            # It was prepared with what is not in the directory, or no more: what was
            # appended, and lost because the store failed.
            if bound is None or bound.vkey.key != key:
                return self.judge_statement(statement.entry)
        return self._judge_in_place(prepared)

    def _prepare(
        self,
        statement: Statement,
        keys: Sequence[VerifierKey],
        body: dict[str, Json] | None,
    ) -> PreparedStatement:
        return _prepared(statement, keys, body, self.origin)

    def _judge_in_place(self, prepared: PreparedStatement) -> JudgedStatement:
        """Judge what depends on the entries before."""
        statement, content = prepared.statement, prepared.content
        known = self.occurrences.find(prepared.identity)
        _refuse_known_text(statement, known)
        if isinstance(content, Event):
            party = self.directory.check_event(self.size, statement, content)
        else:
            party = self.directory.check(self.size, statement, content)
        occurrence = Occurrence(
            index=self.size,
            party=party,
            text_hash=statement.text_hash,
            fingerprint=prepared.fingerprint,
            is_declaration=isinstance(content, Event) and content.is_error_declaration,
        )
        if isinstance(content, Event):
            self._check_event_id(known, occurrence)
        return JudgedStatement(
            index=self.size,
            leaf=prepared.leaf,
            statement=statement,
            body=prepared.body,
            content=content,
            party=party,
            listed_under=prepared.listed_under,
            identity=prepared.identity,
            occurrence=occurrence,
        )

    def judge_seal(self, entry: bytes) -> JudgedSeal:
        """Return the seal judged valid as the next entry.

        Raises:
            SealError: It is not a seal.
            WrongOriginError: It seals another ledger.
            ChainBrokenError: Its chain head is not ``c(n)``.
            SealMismatchError: Index, time, previous seal or index root are wrong, it
                closes nothing, or it closes a statement by an expired key.
        """
        seal = parse_seal(entry)
        seals.verify_seal(
            seal,
            origin=self.origin,
            index=self.size,
            chain_head=self.chain_head,
            index_root=(
                self.index.root() if self._check_every_index_root else seal.index_root
            ),
            previous=self.last_seal,
        )
        seals.verify_not_expired(seal, self._earliest_until_ms)
        return JudgedSeal(self.size, leaf_hash(entry), seal)

    def check_index_root(self, seal: Seal) -> None:
        """Check the index root of the newest seal against the lists as they are now.

        Raises:
            SealMismatchError: The index holds something else than the seal says.
        """
        root = self.index.root()
        if seal.index_root != root:
            raise SealMismatchError(
                f"index root: got {seal.index_root.hex()}, want {root.hex()}"
            )

    def advance(self, judged: JudgedStatement | JudgedSeal) -> None:
        """Take a judged entry in: it becomes part of what determines the next."""
        if isinstance(judged, JudgedSeal):
            self.last_seal = judged.seal
            self._earliest_until_ms = None
        else:
            self._advance_statement(judged)
        self.chain_head = seals.chain_next(self.chain_head, judged.leaf)
        self.frontier.append(judged.leaf)
        self.size += 1

    def advance_event(self, leaf: bytes, until_ms: int | None) -> None:
        """Take an event in that was judged elsewhere, but for lists and identity.

        Args:
            leaf: Its leaf hash.
            until_ms: When the earliest of its signers' keys ends, or None.
        """
        if until_ms is not None:
            self._note_until(until_ms)
        self.chain_head = seals.chain_next(self.chain_head, leaf)
        self.frontier.append(leaf)
        self.size += 1

    def _note_until(self, until_ms: int) -> None:
        known = self._earliest_until_ms
        self._earliest_until_ms = until_ms if known is None else min(known, until_ms)

    def _advance_statement(self, judged: JudgedStatement) -> None:
        if not isinstance(judged.content, Event):
            self.directory.apply(judged.index, judged.statement, judged.content)
        for subject in judged.listed_under:
            self.index.append(subject, judged.index)
        self.occurrences.add(judged.identity, judged.occurrence)
        until_ms = self.until_of(judged)
        if until_ms is not None:
            self._note_until(until_ms)

    def until_of(self, judged: JudgedStatement) -> int | None:
        """Return the earliest ``until`` among the statement's signers, or None.

        A key that the statement itself introduces counts with the ``until`` it gets.
        """
        earliest: int | None = None
        for signer in judged.statement.signers:
            until = self.directory.until_ms(signer, judged.content)
            if until is not None and (earliest is None or until < earliest):
                earliest = until
        return earliest

    def _check_event_id(self, known: Sequence[Occurrence], new: Occurrence) -> None:
        check_event_id(known, new)

    def _bound_keys(self, statement: Statement) -> list[VerifierKey] | None:
        """Return every signer's key as the directory binds it; None if one is not."""
        keys: list[VerifierKey] = []
        for signer in statement.signers:
            bound = self.directory.key(signer)
            if bound is None:
                if statement.kind == "directory":
                    return None
                raise UnknownKeyError(f"signer: {signer.label} is not in the directory")
            keys.append(bound.vkey)
        return keys

    def _keys_with_introduced(
        self, statement: Statement, body: Mapping[str, Json]
    ) -> list[VerifierKey]:
        action = parse_action(body, host=self.host, origin=self.origin)
        introduced = self.directory.introduced(action)
        keys: list[VerifierKey] = []
        for signer in statement.signers:
            bound = self.directory.key(signer)
            if bound is not None:
                keys.append(bound.vkey)
            elif introduced is not None and introduced.label == signer.label:
                keys.append(introduced)
            else:
                raise UnknownKeyError(f"signer: {signer.label} is not in the directory")
        return keys


class VerifiedReplay(Replay):
    """The replay of entries that were verified before, and are read once more.

    Signatures are not verified again. Whoever has compared the root with the verified
    one afterwards knows that these were the same entries.
    """

    def _prepare(
        self,
        statement: Statement,
        keys: Sequence[VerifierKey],
        body: dict[str, Json] | None,
    ) -> PreparedStatement:
        return _read(statement, keys, body, self.origin)


class PartialReplay(Replay):
    """The replay of whoever holds a part of the ledger, such as a phone.

    Chain, tree and completeness index mean nothing here. Whether an ``eventID`` may
    occur again is left to :func:`check_event_id`, when all that is held has been read.
    """

    def __init__(self, origin: str) -> None:
        """Begin with no entries."""
        super().__init__(origin, occurrences=Occurrences())

    def take(self, index: int, entry: bytes) -> JudgedStatement:
        """Return the statement at an index judged valid, and take it in.

        Args:
            index: Where it stands, later than what was taken before.
            entry: The statement.

        Raises:
            LedgerError: The first check that fails; ``index`` says of which entry.
        """
        self.size = index
        try:
            judged = self.judge_statement(entry)
        except LedgerError as error:
            error.index = index
            raise
        self.advance(judged)
        return judged

    def _check_event_id(self, known: Sequence[Occurrence], new: Occurrence) -> None:
        pass


def check_event_id(known: Iterable[Occurrence], new: Occurrence) -> None:
    """Check that issuer's party and ``eventID`` occur once, or once and in error.

    Args:
        known: The statements before it with the same ``eventID``.
        new: The one to judge.

    Raises:
        EventReusedError: A second event without a declaration, a third one, a
            declaration without its original, or one that changes the body.
    """
    same = [occurrence for occurrence in known if occurrence.party == new.party]
    if not same:
        if new.is_declaration:
            raise EventReusedError(
                "errorDeclaration: no event with this eventID was logged before",
                pointer="/eventID",
            )
        return
    first = same[0].index
    if not new.is_declaration:
        raise EventReusedError(
            f"eventID: already used by entry {first}", pointer="/eventID"
        )
    if len(same) > 1:
        raise EventReusedError(
            f"errorDeclaration: entry {first} is already declared in error",
            pointer="/errorDeclaration",
        )
    if same[0].fingerprint != new.fingerprint:
        raise EventReusedError(
            f"errorDeclaration: the body differs from that of entry {first}",
            pointer="/errorDeclaration",
        )


def _prepared(
    statement: Statement,
    keys: Sequence[VerifierKey],
    body: dict[str, Json] | None,
    origin: str,
) -> PreparedStatement:
    """Verify a statement's signatures, then read it."""
    verify_statement_signatures(statement, keys)
    return _read(statement, keys, body, origin)


def _read(
    statement: Statement,
    keys: Sequence[VerifierKey],
    body: dict[str, Json] | None,
    origin: str,
) -> PreparedStatement:
    """Read the body of a statement with these signatures, if nobody has."""
    if body is None:
        body = parse_canonical(statement.body)
    content = parse_content(statement, body, origin=origin)
    return PreparedStatement(
        statement=statement,
        keys=tuple(key.key for key in keys),
        leaf=leaf_hash(statement.entry),
        body=body,
        content=content,
        identity=identity_of(statement, body),
        fingerprint=_fingerprint(statement, content),
        listed_under=names_of(content),
    )


def _refuse_known_text(statement: Statement, known: Iterable[Occurrence]) -> None:
    for occurrence in known:
        if occurrence.text_hash == statement.text_hash:
            raise DuplicateError(
                f"text: already logged as entry {occurrence.index}",
                first_index=occurrence.index,
            )


def _fingerprint(statement: Statement, content: Content) -> bytes:
    if not isinstance(content, Event):
        return b""
    if not content.is_error_declaration and content.seq is None:
        return hashlib.sha256(statement.body).digest()
    body = body_without_declaration(content.body)
    return hashlib.sha256(write_parsed(body)).digest()
