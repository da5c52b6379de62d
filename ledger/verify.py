"""The verifier of a passport: bytes and trusted keys in, a report or a refusal out.

A refusal carries the number of the step it fell at (``step``) and the entry it is about
(``index``). ``scanner_web/verify/verify.js`` has the same numbered steps:

 1. The passport parses (closed members, entries ascending, each once), and it is about
    the subject that was asked for.
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
 8. Each event statement is about the subject, and there is a statement about it.
 9. The checkpoint is signed by every ledger key in force at index size − 1.
10. Each statement about the subject has its closing seal: given seals follow one
    another, their times never run backwards, and no signer's key had ended by then.
11. A pair of issuer's party and eventID occurs once, or once and then in error.
12. Flags are recomputed from the statements.
13. The witnesses' cosignatures meet the policy's quorum and are recent enough, or the
    policy asks for none and the report says so.

No clock, no network, no storage. Uniqueness, the hash chain and the index root need the
whole ledger; a report on a passport does not speak of them, and never says "complete"
while the passport has no completeness proofs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.action import action_subjects
from ledger.checkpoint import SignedCheckpoint, open_checkpoint
from ledger.directory import Directory
from ledger.errors import (
    EventReusedError,
    IncompleteError,
    LedgerError,
    NotFoundError,
    PassportError,
    RootMismatchError,
    SealMismatchError,
    VerificationError,
    WrongOriginError,
)
from ledger.event import Event
from ledger.flags import Flag, flags_of_event, flags_of_subject
from ledger.merkle import leaf_hash, root_from_multi_proof
from ledger.passport import Passport, parse_passport
from ledger.policy import parse_policy
from ledger.replay import (
    JudgedStatement,
    Occurrence,
    PartialReplay,
    Replay,
    check_event_id,
)
from ledger.seal import Seal, entry_kind, parse_seal, verify_not_expired
from ledger.trust import (
    PolicySource,
    Trust,
    Witnessing,
    check_ledger_keys,
    check_witnesses,
    located,
    log_keys_of,
    numbered,
)


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """A statement about a passport's subject, for which every step held."""

    judged: JudgedStatement
    log_time: str
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class PassportReport:
    """What holds of a passport's subject."""

    subject: str
    origin: str
    size: int
    seal_time: str
    statements: tuple[VerifiedStatement, ...]
    directory: Directory
    absent: tuple[str, ...]
    """What was not checked; ``witnesses`` is among it if the policy has none."""
    witnessing: Witnessing
    policy_source: PolicySource
    policy_fingerprint: str


def verify_passport(data: bytes, *, subject: str, trust: Trust) -> PassportReport:
    """Verify what a passport says about the subject that was asked for.

    Args:
        data: The document.
        subject: What was scanned or asked, never taken from the document.
        trust: What the reader believes.

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
        last = _seallocated(*passport.entries[-1], origin=origin)
    with numbered(6):
        replay, judged, seals = _replay_part(passport.entries, origin)
    with numbered(8):
        about = _statements_about(subject, judged)
    with numbered(9):
        check_ledger_keys(signed, replay.directory.ledger_keys)
    with numbered(10):
        _check_seal_order(seals)
        log_times = _log_times(judged, seals, about, replay)
    with numbered(11):
        _check_event_ids(judged)
    with numbered(12):
        statements = _with_flags(about, log_times, replay.directory)
    with numbered(13):
        witnessing = check_witnesses(
            policy,
            signed,
            seal=last,
            now_ms=trust.now_ms,
            max_age_seconds=replay.directory.max_age_seconds,
        )
    return PassportReport(
        subject=subject,
        origin=origin,
        size=signed.checkpoint.size,
        seal_time=last.time,
        statements=statements,
        directory=replay.directory,
        absent=("completeness", "closure", "standing")
        + (("witnesses",) if witnessing.time is None else ()),
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


def _seallocated(index: int, entry: bytes, *, origin: str) -> Seal:
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
                step = 10
                seals.append(_seallocated(index, entry, origin=origin))
                continue
            step = 6 if entry.split(b"\n", 3)[2:3] == [b"directory"] else 7
            judged.append(replay.take(index, entry))
        except LedgerError as error:
            error.step, error.index = step, index
            raise
    return replay, tuple(judged), tuple(seals)


def _statements_about(
    subject: str, judged: Iterable[JudgedStatement]
) -> tuple[JudgedStatement, ...]:
    about: list[JudgedStatement] = []
    for statement in judged:
        content = statement.content
        # Not ``listed_under``: the name of an alarm list is nothing that was scanned.
        named = (
            content.subjects if isinstance(content, Event) else action_subjects(content)
        )
        if subject in named:
            about.append(statement)
        elif isinstance(content, Event):
            raise located(
                statement.index, VerificationError(f"statement: not about {subject}")
            )
    if not about:
        raise NotFoundError(f"subject: no statement about {subject}")
    return tuple(about)


def _check_seal_order(seals: Sequence[Seal]) -> None:
    """Check that the seals given, which ascend, could stand in one ledger."""
    for before, seal in pairwise(seals):
        if seal.previous is None or seal.previous < before.index:
            raise located(
                seal.index,
                SealMismatchError(
                    f"previous seal: got {seal.previous}, want {before.index} or later"
                ),
            )
        if seal.time_ms < before.time_ms:
            raise located(
                seal.index,
                SealMismatchError(
                    f"seal time: got {seal.time}, want {before.time} or later"
                ),
            )


def _log_times(
    judged: Sequence[JudgedStatement],
    seals: Sequence[Seal],
    about: Sequence[JudgedStatement],
    replay: Replay,
) -> dict[int, Seal]:
    """Return the closing seals that are given; those that are needed must be."""
    needed = {statement.index for statement in about}
    closing: dict[int, Seal] = {}
    for statement in judged:
        index = statement.index
        seal = _closing_seal(index, seals)
        until_ms = replay.until_of(statement)
        if seal is not None:
            closing[index] = seal
            try:
                verify_not_expired(seal, until_ms)
            except SealMismatchError as error:
                raise located(index, error) from None
        elif until_ms is not None or index in needed:
            raise located(index, SealMismatchError("closing seal: not given"))
    return closing


def _closing_seal(index: int, seals: Sequence[Seal]) -> Seal | None:
    later = next((seal for seal in seals if seal.index > index), None)
    if later is None or (later.previous is not None and later.previous > index):
        return None
    if later.previous == index:
        raise located(
            later.index,
            SealMismatchError(f"previous seal: {index} is a statement"),
        )
    return later


def _check_event_ids(judged: Iterable[JudgedStatement]) -> None:
    seen: dict[str, list[Occurrence]] = {}
    for statement in judged:
        if not isinstance(statement.content, Event):
            continue
        known = seen.setdefault(statement.identity, [])
        new = statement.occurrence
        try:
            if new.is_declaration and all(o.party != new.party for o in known):
                # One body makes one list of subjects: who has the declaration has the
                # original too.
                raise IncompleteError("errorDeclaration: its original is not given")
            check_event_id(known, new)
        except (EventReusedError, IncompleteError) as error:
            raise located(statement.index, error) from None
        known.append(new)


def _with_flags(
    about: Sequence[JudgedStatement], closing: Mapping[int, Seal], directory: Directory
) -> tuple[VerifiedStatement, ...]:
    events = [(s.index, s.content) for s in about if isinstance(s.content, Event)]
    of_subject = flags_of_subject(events)
    verified: list[VerifiedStatement] = []
    for statement in about:
        seal = closing[statement.index]
        flags: tuple[Flag, ...] = ()
        if isinstance(statement.content, Event):
            flags = flags_of_event(
                statement.index,
                statement.content,
                log_time_ms=seal.time_ms,
                is_importer=directory.is_importer(statement.statement.issuer),
            ) + tuple(flag for flag in of_subject if flag.index == statement.index)
        verified.append(VerifiedStatement(statement, seal.time, flags))
    return tuple(verified)
