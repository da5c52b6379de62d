"""The verifier of a passport: bytes and trusted keys in, a report or a refusal out.

A refusal carries the number of the step it fell at (``step``) and the entry it is about
(``index``). ``scanner_web/verify/verify.js`` has the same numbered steps, and one more,
which is the page's: what is shown is what was verified.

 1. The passport parses (closed members, entries and names ascending, each once), and it
    is about the subject that was asked for.
 2. The policy parses and has a log line for the origin of the checkpoint. What goes
    wrong here says nothing about the ledger.
 3. The checkpoint is signed by the policy's log key; lines of unknown keys are ignored,
    a false or doubled line of a known one is refused.
 4. Every entry is included under the checkpoint's root, by the one multi-proof, and the
    last entry given is the last of the ledger (index = size − 1).
 5. That last entry is a seal of this ledger that knows its own index.
 6. Entry 0 is the genesis; the directory statements given are replayed in the order of
    their indices, each under what those before it established.
 7. Each event statement, likewise in order: outer form, signatures by keys that the
    directory binds, canonical body, form of the event, rights of the issuer. Steps 6
    and 7 are one walk; the step of a refusal is that of the entry's kind.
 8. Each event given stands on a list given, and each list is exactly the statements
    given that belong on it.
 9. The lists are those under the index root of the last seal, by the one proof: none is
    shortened, and what is said to be absent is.
10. The directory is whole: each directory statement given stands on a list given. So
    the list of the registrar is given, and that of every party whose key signs a
    statement given, or for whom such a key acts.
11. The code: the subject's list is given and not empty. A serial was packed by its
    creator in exactly one lot, which is the one scanned if one was.
12. The closure: everything that the code leads to has its list, or, of what goods were
    made of, at least its list of alarms.
13. The checkpoint is signed by every ledger key in force at index size − 1.
14. Each event about a member of the closure, and each directory statement about the
    subject, has its closing seal: given seals follow one another, their times never run
    backwards, and no signer's key had ended by then.
15. A pair of issuer's party and eventID occurs once, or once and then in error.
16. Alarms that stand, what is shown apart for want of standing, and flags are
    recomputed from the statements. None of these is a refusal.
17. The witnesses' cosignatures meet the policy's quorum and are recent enough, or the
    policy asks for none and the report says so. Who has seen this and when, and who
    has recomputed all of it, is reported.
18. The tree extends that of the label, if one was scanned: the root that the ledger had
    at the label's size is proved, and begins as printed. A label that is no label, or
    of a larger tree, cannot be compared; without one the report says so.

No clock, no network, no storage. Uniqueness, the hash chain, and that the index root is
of the entries, need the whole ledger: a report on a passport is complete if a replaying
witness of the policy has recomputed it; else it is complete according to the ledger,
and names as absent that nobody else has checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.checkpoint import SignedCheckpoint, open_checkpoint
from ledger.closing import check_seal_order, closing_seals
from ledger.closure import Closure, Member, find_lot, walk
from ledger.completeness import ALARM_SUFFIX, verify_lists
from ledger.directory import Directory
from ledger.errors import (
    IncompleteError,
    LabelError,
    LabelMismatchError,
    LedgerError,
    NotFoundError,
    PassportError,
    RootMismatchError,
    SealMismatchError,
    VerificationError,
    WrongOriginError,
)
from ledger.event import Event
from ledger.eventids import check_event_ids
from ledger.flags import Flag, flags_between, flags_of_event
from ledger.fragment import parse_fragment, shown_root
from ledger.lists import GivenEvents, check_directory_whole, check_given
from ledger.merkle import leaf_hash, root_from_multi_proof, verify_consistency
from ledger.passport import Passport, parse_passport
from ledger.policy import parse_policy
from ledger.replay import JudgedStatement, PartialReplay
from ledger.seal import Seal, entry_kind, parse_seal
from ledger.standing import StandingAlarm
from ledger.trust import (
    PolicySource,
    Trust,
    Witnessing,
    check_fresh,
    check_ledger_keys,
    located,
    log_keys_of,
    numbered,
    read_witnesses,
)


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """A statement that bears on the code, for which every step held.

    Attributes:
        judged: What it says.
        log_time: The time of its closing seal.
        flags: What is odd about it.
        about: The members of the closure that it is about.
        is_apart: Whether it counts for nothing, because nobody who signed it has a say
            about any of these.
    """

    judged: JudgedStatement
    log_time: str
    flags: tuple[Flag, ...]
    about: tuple[str, ...]
    is_apart: bool


@dataclass(frozen=True, slots=True)
class PassportReport:
    """What holds of a code.

    Attributes:
        subject: What was asked for.
        lot: What it was packed in, if it is a serial.
        members: All that bears on it; the first is the subject.
        alarms: Those that stand, by member, index and word.
        cycle: Goods among the members that came of themselves.
        statements: Events about members and directory statements about the subject, by
            index.
        absent: What was not checked: ``replay``, whether the lists are all that the
            entries say, if no replaying witness vouches; ``sources``, of which some
            are open; ``contents``, the things of a class or in a parent; ``uses``,
            what was made of it; ``standing``, because nobody has any about the
            subject; ``witnesses``, if the policy asks for none; ``label``,
            if none was scanned.
        label_size: The size of the tree that the label was printed from, which the
            ledger's extends; None if no label was scanned.
    """

    subject: str
    lot: str | None
    origin: str
    size: int
    seal_time: str
    members: tuple[Member, ...]
    alarms: tuple[StandingAlarm, ...]
    cycle: tuple[str, ...]
    statements: tuple[VerifiedStatement, ...]
    directory: Directory
    absent: tuple[str, ...]
    label_size: int | None
    witnessing: Witnessing
    policy_source: PolicySource
    policy_fingerprint: str

    @property
    def sources(self) -> tuple[Member, ...]:
        """Return what the goods were made of, as far as it is known."""
        return tuple(m for m in self.members if m.relation == "source")


def verify_passport(
    data: bytes,
    *,
    subject: str,
    trust: Trust,
    lot: str | None = None,
    label: str | None = None,
) -> PassportReport:
    """Verify what a passport says about the code that was scanned.

    Args:
        data: The document.
        subject: What was scanned or asked, never taken from the document.
        trust: What the reader believes.
        lot: The lot that was scanned with a serial, if one was.
        label: What the scanned code ends in, from ``#`` on, if it is a label's.

    Raises:
        LedgerError: The first thing that does not hold; ``step`` and ``index`` say
            where. What goes wrong at step 2 says nothing about the ledger.
    """
    with numbered(1):
        passport = parse_passport(data)
        if passport.subject != subject:
            raise PassportError(
                f"subject: got {passport.subject}, want {subject}", pointer="/subject"
            )
    with numbered(2):
        policy = parse_policy(trust.policy)
        origin, log_keys = log_keys_of(passport.checkpoint, policy)
    with numbered(3):
        signed = open_checkpoint(passport.checkpoint, origin=origin, log_keys=log_keys)
    with numbered(4):
        _check_included(passport, signed)
    with numbered(5):
        last = _seal_at(*passport.entries[-1], origin=origin)
    with numbered(6):
        replay, judged, seals = _replay_part(passport.entries, origin)
    directory = replay.directory
    with numbered(8):
        check_given(passport.lists, judged)
    with numbered(9):
        verify_lists(
            last.index_root, origin=origin, lists=passport.lists, proof=passport.proof
        )
    with numbered(10):
        check_directory_whole(passport.lists, judged)
    events = GivenEvents(passport.lists, judged, directory)
    with numbered(11):
        lot = find_lot(subject, lot=lot, lists=events, directory=directory)
        if not passport.lists[subject] or subject.endswith(ALARM_SUFFIX):
            raise NotFoundError(f"subject: no statement about {subject}")
    with numbered(12):
        closure = walk(subject, lot=lot, lists=events, directory=directory)
    with numbered(13):
        check_ledger_keys(signed, directory.ledger_keys)
    with numbered(14):
        check_seal_order(seals)
        shown = [s for s in judged if _about(s, subject, closure)]
        closing = closing_seals(
            judged,
            seals=seals,
            needed={statement.index for statement in shown},
            until_of=replay.until_of,
        )
    with numbered(15):
        check_event_ids(judged, whole=passport.lists)
    with numbered(16):
        statements = _described(shown, subject, closure, events, closing, directory)
    with numbered(17):
        max_age = directory.max_age_seconds
        now_ms = trust.now_ms
        witnessing = read_witnesses(
            policy, signed, now_ms=now_ms, max_age_seconds=max_age
        )
        check_fresh(
            policy, witnessing, seal=last, now_ms=now_ms, max_age_seconds=max_age
        )
    with numbered(18):
        label_size = None if label is None else _compared(label, passport, signed)
    return PassportReport(
        subject=subject,
        lot=lot,
        origin=origin,
        size=signed.checkpoint.size,
        seal_time=last.time,
        members=closure.members,
        alarms=closure.alarms,
        cycle=closure.cycle,
        statements=statements,
        directory=directory,
        absent=_absent(subject, closure, witnessing, label_size),
        label_size=label_size,
        witnessing=witnessing,
        policy_source=trust.source,
        policy_fingerprint=policy.fingerprint,
    )


def _check_included(passport: Passport, signed: SignedCheckpoint) -> None:
    checkpoint = signed.checkpoint
    last_index = passport.entries[-1][0]
    if last_index != checkpoint.size - 1:
        raise VerificationError(
            f"last entry: got index {last_index}, want {checkpoint.size - 1}"
        )
    leaves = {index: leaf_hash(entry) for index, entry in passport.entries}
    root = root_from_multi_proof(
        leaves, tree_size=checkpoint.size, proof=passport.nodes
    )
    if root == checkpoint.root:
        return
    mismatch = RootMismatchError(
        f"root: got {root.hex()}, want {checkpoint.root.hex()}"
    )
    # The root says that something was changed, but not what: a changed statement
    # mostly fails its own signature too.
    try:
        _replay_part(passport.entries, checkpoint.origin)
    except LedgerError as error:
        mismatch.index = error.index
    raise mismatch


def _seal_at(index: int, entry: bytes, *, origin: str) -> Seal:
    try:
        seal = parse_seal(entry)
        if seal.origin != origin:
            raise WrongOriginError(f"origin: got {seal.origin}, want {origin}")
        if seal.index != index:
            raise SealMismatchError(f"seal: says index {seal.index}, stands at {index}")
    except LedgerError as error:
        raise located(index, error) from None
    return seal


def _replay_part(
    entries: Sequence[tuple[int, bytes]], origin: str
) -> tuple[PartialReplay, tuple[JudgedStatement, ...], tuple[Seal, ...]]:
    """Take steps 6 and 7: one walk, the step of a refusal is that of the entry."""
    if entries[0][0] != 0:
        raise IncompleteError("entry 0: not given")
    replay = PartialReplay(origin)
    judged: list[JudgedStatement] = []
    seals: list[Seal] = []
    for index, entry in entries:
        step = 6
        try:
            if entry_kind(entry) == "seal":
                step = 14
                seals.append(_seal_at(index, entry, origin=origin))
                continue
            step = 6 if entry.split(b"\n", 3)[2:3] == [b"directory"] else 7
            judged.append(replay.take(index, entry))
        except LedgerError as error:
            error.step, error.index = step, index
            raise
    return replay, tuple(judged), tuple(seals)


def _about(
    statement: JudgedStatement, subject: str, closure: Closure
) -> tuple[str, ...]:
    """Return what a statement is about, as far as it bears on the code."""
    if isinstance(statement.content, Event):
        return closure.about(statement.content)
    return (subject,) if subject in statement.listed_under else ()


def _described(
    shown: Sequence[JudgedStatement],
    subject: str,
    closure: Closure,
    events: GivenEvents,
    closing: Mapping[int, Seal],
    directory: Directory,
) -> tuple[VerifiedStatement, ...]:
    """Return what is known of each statement that is shown."""
    apart = {
        index
        for index, logged in events.by_index.items()
        if closure.is_apart(logged, directory)
    }
    # A stranger's word makes nothing odd of what others say.
    between = flags_between(
        [
            (logged.index, logged.event)
            for logged in events.whole(member.subject) or ()
            if logged.index not in apart
        ]
        for member in closure.members
        if not member.is_open
    )
    verified: list[VerifiedStatement] = []
    for statement in shown:
        seal = closing[statement.index]
        flags: tuple[Flag, ...] = ()
        if isinstance(statement.content, Event):
            flags = flags_of_event(
                statement.index,
                statement.content,
                log_time_ms=seal.time_ms,
                is_importer=directory.is_importer(statement.statement.issuer),
            )
        flags += between[statement.index]
        about = _about(statement, subject, closure)
        verified.append(
            VerifiedStatement(
                statement, seal.time, flags, about, statement.index in apart
            )
        )
    return tuple(verified)


def _compared(text: str, passport: Passport, signed: SignedCheckpoint) -> int:
    """Return the size of the label's tree, which that of the checkpoint extends."""
    printed = parse_fragment(text)
    checkpoint, given = signed.checkpoint, passport.label
    if printed.size > checkpoint.size:
        raise LabelError(
            f"label: of a tree of {printed.size} entries, this has {checkpoint.size}"
        )
    if given is None or given.size != printed.size:
        size = None if given is None else given.size
        raise LabelError(
            f"label: the passport compares {size}, the label is of {printed.size}"
        )
    verify_consistency(
        old_size=given.size,
        new_size=checkpoint.size,
        old_root=given.root,
        new_root=checkpoint.root,
        proof=given.proof,
    )
    # Only now is it certain that this is what the ledger had at that size.
    had, wanted = shown_root(given.root), shown_root(printed.root)
    if had != wanted:
        raise LabelMismatchError(
            f"label: printed from {wanted}, of {printed.size} entries the ledger's "
            f"tree is {had}"
        )
    return printed.size


def _absent(
    subject: str, closure: Closure, witnessing: Witnessing, label_size: int | None
) -> tuple[str, ...]:
    """Return what this verifier did not check, or could not."""
    absent = [] if witnessing.replayed_by else ["replay"]
    if any(member.is_open for member in closure.members):
        absent.append("sources")
    absent += closure.below
    if not closure.standing[subject].parties:
        # Every word about it is a stranger's: nobody has said what it is.
        absent.append("standing")
    if witnessing.time is None:
        absent.append("witnesses")
    if label_size is None:
        absent.append("label")
    return tuple(absent)
