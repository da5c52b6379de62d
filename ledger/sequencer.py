"""The one writer: judges statements, closes them with a seal, signs the checkpoint.

Order of durability (blueprint, 3.4): entries → checkpoint signed → signature verified →
checkpoint durable → given out. A group and its seal are one transaction, so a crash
leaves all or nothing of a group; a crash between the two transactions leaves entries
without a checkpoint, and the next start signs it, which is the one it would have been.

Nothing here is shared between threads: ``log`` has the thread and the readers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ledger.action import LedgerKey
from ledger.admission import (
    check_directory_admission,
    check_event_admission,
    check_event_time,
    check_profile_admission,
)
from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.clock import Clock
from ledger.crowd import Crowds
from ledger.directory import Directory
from ledger.edge import Edge
from ledger.errors import (
    ChainBrokenError,
    ClockError,
    DuplicateError,
    IncompleteError,
    LedgerError,
    MalformedError,
    NotFoundError,
    RefusedError,
    StoreError,
    VerificationError,
)
from ledger.event import Event
from ledger.givenout import GivenOut
from ledger.goods import LoggedEvent, parties_of, read_event
from ledger.grease import greased
from ledger.grouping import closed_group
from ledger.merkle import Frontier, leaf_hash
from ledger.note import Signer
from ledger.presigning import (
    check_given_out,
    check_signed,
    check_unsigned,
    check_written,
)
from ledger.published import Signed
from ledger.quota import Quotas
from ledger.reader import stored_leaves, take_in
from ledger.reindex import load_index
from ledger.replay import (
    JudgedSeal,
    JudgedStatement,
    Occurrence,
    Occurrences,
    PreparedStatement,
    Replay,
)
from ledger.seal import Seal, chain_next, format_time, parse_seal
from ledger.sqlstore import SqlStore


@dataclass(frozen=True, slots=True)
class Accepted:
    """A statement that is in the log, with what was read of it."""

    judged: JudgedStatement
    chain: bytes
    """Chain head after it."""
    time_ms: int
    """Its log time."""


@dataclass(frozen=True, slots=True)
class Known:
    """A statement whose text was logged before."""

    index: int


Outcome = Accepted | Known | LedgerError

_EVENT_ID = re.compile(rb'"eventID":"([ -~]{1,512}?)"')
"""Where a canonical body most likely has its eventID: a hint, judged by nobody."""


class StoredOccurrences(Occurrences):
    """Occurrences in the store, behind those of the group that is being built."""

    def __init__(self, store: SqlStore, notes: Sequence[bytes] = ()) -> None:
        """Look up in this store.

        Args:
            store: Where to look.
            notes: What will be judged; all that may be asked about them is looked up
                at once.
        """
        super().__init__()
        self._store = store
        hints = {match[1].decode() for n in notes if (match := _EVENT_ID.search(n))}
        self.by_identity.update(dict.fromkeys(hints, ()))
        self.by_identity.update(store.occurrences(hints))

    def find(self, identity: str) -> tuple[Occurrence, ...]:
        """Return the statements logged with this identity, oldest first."""
        if identity not in self.by_identity:
            stored = self._store.occurrences([identity])
            self.by_identity[identity] = stored.get(identity, ())
        return self.by_identity[identity]


class Sequencer:
    """The state of one log at its newest entry, and the only way to add another."""

    def __init__(
        self,
        store: SqlStore,
        *,
        origin: str,
        signers: Sequence[Signer],
        clock: Clock,
        given_out: GivenOut | None = None,
        has_witnesses: bool = False,
    ) -> None:
        """Continue the log that the store holds.

        Args:
            store: Where the log is; no other process may append to it.
            origin: Name of the ledger.
            signers: The ledger keys that are here: at least those in force.
            clock: What seals are timed by.
            given_out: Where the newest checkpoint is kept apart from the store.
            has_witnesses: Whether passports may stand under an older checkpoint, which
                witnesses have cosigned.

        Raises:
            VerificationError: What is stored contradicts itself or its newest
                checkpoint.
            GivenOutError: It does not hold what the newest checkpoint given out signs.
            StoreError: The store cannot be read, or a ledger key is not here.
        """
        self._given_out = given_out
        self._store = store
        self._origin = origin
        self._signers = tuple(signers)
        self._clock = clock
        self._has_witnesses = has_witnesses
        self._mark: int | None = None
        """Size as of which the pages of the index are kept from now on."""
        self._halted: str | None = None
        self._is_behind = False
        self._is_index_damaged = False
        self.quotas: Quotas | None = None
        """What each party may have logged, if it is limited."""
        self._crowds = Crowds(self._events_about)
        self.load()

    def load(self) -> None:
        """Rebuild the state from what is durable, and sign what a crash left unsigned.

        Raises:
            VerificationError: What is stored contradicts itself or its newest
                checkpoint.
            StoreError: The store cannot be read, or a ledger key is not here.
        """
        store = self._store
        replay = Replay(self._origin, occurrences=StoredOccurrences(store))
        edge = Edge(store.tile)
        size = store.size()
        try:
            edge.load(size, partial(stored_leaves, store))
            if size:
                self._load_replay(replay, edge, size)
        except (NotFoundError, MalformedError) as error:
            raise IncompleteError(
                f"database: rows are missing or damaged: {error}"
            ) from error
        self.replay, self.edge = replay, edge
        note = store.newest_checkpoint()
        self.signed = Signed(self._check_checkpoints(note, size), note)
        self._begin_mark()
        if self.signed.size < size:
            check_unsigned(store, edge, start=self.signed.size, end=size)
        self._load_index(size)
        self._signers_in_force()
        if self.signed.size < size:
            self._sign_checkpoint()
        self._is_behind = False

    @property
    def directory(self) -> Directory:
        """Who may sign what, as of the newest entry; read it, never change it."""
        return self.replay.directory

    def refresh(self) -> None:
        """Do nothing: what is signed is known here first."""

    def _begin_mark(self) -> None:
        """Mark the newest checkpoint, if any that is older is proved under.

        What was published stays there when a policy names no witness any more, and
        must be readable when one does again.
        """
        if self._has_witnesses or self._store.newest_publication() is not None:
            self._mark = self.signed.size

    def halt(self, reason: str) -> None:
        """Append nothing more, and say why; from any thread."""
        self._halted = reason

    def offer(self) -> Signed:
        """Return the newest checkpoint, to be cosigned; proofs stay possible under it.

        Between two groups, on the thread that appends.
        """
        if self._mark is not None:
            self._mark = self.signed.size
        return self.signed

    def publish(self, size: int, note: bytes, *, is_replayed: bool) -> None:
        """Keep a checkpoint that witnesses have cosigned.

        Between two groups, on the thread that appends.

        Args:
            size: What it signs; one that was offered.
            note: With the lines of the witnesses.
            is_replayed: Whether a replaying witness is among them.

        Raises:
            StoreError: It is not known to be kept.
        """
        marks = () if self._mark is None else (self._mark,)
        self._store.append_publication(size, note, is_replayed=is_replayed, marks=marks)

    def _load_index(self, size: int) -> None:
        try:
            self._index = load_index(
                self._store,
                self._origin,
                signed_size=self.signed.size,
                size=size,
                is_damaged=self._is_index_damaged,
            )
        except (NotFoundError, MalformedError) as error:
            raise IncompleteError(
                f"database: rows are missing or damaged: {error}"
            ) from error
        self.replay.index = self._index
        self._is_index_damaged = False

    def distrust_index(self) -> None:
        """Have the index made again from the entries before the next group.

        For whoever finds a page of it damaged; from any thread.
        """
        self._is_index_damaged = True

    def _reload(self) -> None:
        if self._index.is_damaged:
            self._is_index_damaged = True
        try:
            self.load()
        except VerificationError as error:
            raise StoreError(f"database: damaged: {error}") from error
        # What was counted and is not logged comes again.
        self._crowds = Crowds(self._events_about)
        if self.quotas is not None:
            self.quotas.give_back()

    def append(
        self,
        notes: Sequence[bytes],
        prepared: Sequence[PreparedStatement | None] | None = None,
    ) -> list[Outcome]:
        """Judge notes in order and append those that are valid, admitted and new.

        When this returns, what was accepted is durable, sealed and under a signed
        checkpoint that is durable too. Each note stands alone.

        Args:
            notes: Statements.
            prepared: Of each what ``preparer.prepare_notes`` made of it, if anything.

        Raises:
            ClockError: The clock is behind the last seal; nothing was appended.
            StoreError: The store failed. What was appended is not known; the same
                notes posted again are appended once, or known.
        """
        if self._halted is not None:
            raise StoreError(self._halted)
        if self._is_behind or self._is_index_damaged:
            self._reload()
        time_ms = self._clock.now_ms()
        last = self.replay.last_seal
        if last is not None and time_ms < last.time_ms:
            raise ClockError(
                f"clock: got {format_time(time_ms)}, want {last.time} or later"
            )
        self.replay.occurrences = StoredOccurrences(self._store, notes)
        # From here on memory is ahead of the disk; any failure reloads it.
        self._is_behind = True
        chain = self.replay.chain_head
        known = [None] * len(notes) if prepared is None else prepared
        outcomes = [
            self._admit(note, beforehand, time_ms)
            for note, beforehand in zip(notes, known, strict=True)
        ]
        accepted = [o for o in outcomes if isinstance(o, Accepted)]
        if accepted:
            self._commit(accepted, time_ms, chain=chain)
        self._is_behind = False
        if self.quotas is not None:
            self.quotas.keep()
        return outcomes

    def _admit(
        self, note: bytes, prepared: PreparedStatement | None, time_ms: int
    ) -> Outcome:
        replay = self.replay
        try:
            if prepared is None:
                judged = replay.judge_statement(note)
            else:
                judged = replay.judge_prepared(prepared)
            if isinstance(judged.content, LedgerKey):
                self._check_ledger_key(judged.content)
            if isinstance(judged.content, Event):
                if prepared is None:
                    check_event_admission(
                        judged.content,
                        host=replay.host,
                        now_ms=time_ms,
                        entry_size=len(note),
                    )
                else:
                    check_event_time(judged.content, now_ms=time_ms)
                check_profile_admission(judged.content, party=judged.party)
                parties = parties_of(judged.statement, replay.directory)
                strange = self._crowds.check(judged.content, parties, replay.directory)
            else:
                check_directory_admission(judged.body)
            until_ms = replay.until_of(judged)
            if until_ms is not None and until_ms <= time_ms:
                raise RefusedError(
                    f"signer: a key of this statement ended {format_time(until_ms)}"
                )
            if self.quotas is not None:
                signer = judged.statement.signers[0]
                is_importer = replay.directory.is_importer(signer)
                self.quotas.take(judged.party, is_importer=is_importer, time_ms=time_ms)
        except DuplicateError as error:
            return Known(error.first_index)
        except StoreError:
            raise
        except LedgerError as error:
            return error
        replay.advance(judged)
        if isinstance(judged.content, Event):
            self._crowds.take(judged.content, parties, strange)
        return Accepted(judged, replay.chain_head, time_ms)

    def _events_about(self, subject: str) -> list[LoggedEvent]:
        """Return what is logged about a subject, for whoever counts it."""
        indices = self._store.listing(subject, self.replay.size)
        entries = self._store.entries_at(indices)
        read = (read_event(at, entries[at], self.directory) for at in indices)
        return [logged for logged in read if logged is not None]

    def _check_ledger_key(self, action: LedgerKey) -> None:
        """Refuse a key that every checkpoint from now on would lack."""
        held = {signer.vkey.label for signer in self._signers}
        if action.change == "add" and action.key.label not in held:
            raise RefusedError(
                f"ledger-key: {action.key.label} is not on this server; "
                "put its key file there and start again",
                pointer="/add",
            )

    def _signers_in_force(self) -> list[Signer]:
        """Return the ledger keys that a checkpoint must carry now.

        Raises:
            StoreError: One of them is not here.
        """
        held = {signer.vkey.label: signer for signer in self._signers}
        in_force = [vkey.label for vkey in self.replay.directory.ledger_keys]
        missing = [label for label in in_force if label not in held]
        if missing:
            raise StoreError(
                f"ledger key {missing[0]}: in force, but not here; "
                "put its key file there and start again"
            )
        return [held[label] for label in in_force]

    def _commit(
        self, accepted: Sequence[Accepted], time_ms: int, *, chain: bytes
    ) -> None:
        """Write a group, and sign it once it is seen to be there.

        Args:
            accepted: What was judged, in order.
            time_ms: Time of its seal.
            chain: The chain head before it.
        """
        replay = self.replay
        seal = Seal(
            origin=self._origin,
            index=replay.size,
            time=format_time(time_ms),
            chain_head=replay.chain_head,
            index_root=replay.index.root(),
            previous=None if replay.last_seal is None else replay.last_seal.index,
        )
        last = JudgedSeal(seal.index, leaf_hash(seal.to_bytes()), seal)
        replay.advance(last)
        group = closed_group(
            [(a.judged, a.chain) for a in accepted], last, replay.chain_head, self.edge
        )
        self._store.append_group(group)
        check_written(self._store, group, chain=chain)
        self._sign_checkpoint()

    def _sign_checkpoint(self) -> None:
        """Sign the log as it is on the disk, and keep that before it is given out."""
        size = self.replay.size
        root = self.replay.frontier.root()
        signers = self._signers_in_force()
        note = greased(sign_checkpoint(Checkpoint(self._origin, size, root), signers))
        keys = [signer.vkey for signer in signers]
        # A signature that does not verify would be evidence against the ledger.
        open_checkpoint(note, origin=self._origin, log_keys=keys)
        # Before the database, from which other processes give it out.
        if self._given_out is not None:
            self._given_out.write(note)
        pages = self._index.take_changed()
        self._store.append_checkpoint(size, note, pages, mark=self._mark)
        self.signed = Signed(size, note)

    def _load_replay(self, replay: Replay, edge: Edge, size: int) -> None:
        store = self._store
        ((_, last_entry, chain),) = store.entries(size - 1, size)
        seal = parse_seal(last_entry)
        if chain_next(seal.chain_head, leaf_hash(last_entry)) != chain:
            raise ChainBrokenError(f"entry {size - 1}: its chain head is damaged")
        take_in(replay.directory, store, store.directory_indices())
        replay.frontier = Frontier.from_hashes(size, edge.peaks(size))
        replay.size = size
        replay.chain_head = chain
        replay.last_seal = seal

    def _check_checkpoints(self, note: bytes | None, size: int) -> int:
        """Return the signed size, once all that was signed fits the entries.

        Raises:
            VerificationError: The database contradicts its own newest checkpoint.
            GivenOutError: It contradicts the newest that was given out.
        """
        keys = [signer.vkey for signer in self._signers]
        origin, edge = self._origin, self.edge
        signed = 0
        if note is not None:
            signed = check_signed(note, edge, size=size, origin=origin, log_keys=keys)
        if self._given_out is not None:
            given_out = check_given_out(
                self._given_out, edge, size=size, origin=origin, log_keys=keys
            )
            if note is not None and given_out < signed:
                self._given_out.write(note)
        return signed
