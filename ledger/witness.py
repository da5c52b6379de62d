"""Witness logs: cosign a checkpoint if it continues what was cosigned before.

A witness answers one question of others: is what a log shows me what it shows to
everybody? It cosigns at most one history of a log. What it cosigned last is read and
replaced in one transaction, and is on the disk before the cosignature leaves; the time
in a cosignature is never before the one of the cosignature before.

A checkpoint that its log truly signed and that excludes what was cosigned before is
evidence against the log: it is kept in a file that needs nobody's word.
"""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ledger.addcheckpoint import AddCheckpoint, origin_hash, parse_add_checkpoint
from ledger.backup import sync
from ledger.checkpoint import (
    SignedCheckpoint,
    open_checkpoint,
    parse_checkpoint,
)
from ledger.clock import Clock
from ledger.cosignature import Cosigner, sign_cosignature
from ledger.encoding import canonical
from ledger.errors import (
    AddCheckpointError,
    ClockError,
    DistrustedError,
    EvidenceError,
    LedgerError,
    MalformedError,
    NotFoundError,
    OldSizeError,
    ProofShapeError,
    StoreError,
    VerificationError,
)
from ledger.evidence import SplitView, verify_split_view
from ledger.merkle import (
    EMPTY_ROOT,
    roots_from_consistency_proof,
    verify_consistency,
)
from ledger.note import Note, NoteSignature, parse_note
from ledger.notices import failure, notice
from ledger.policy import Policy
from ledger.seal import format_time
from ledger.witnessstore import Distrusted, LastCosigned, WitnessStore

REFUSED_FORMAT: Final = "caravan/refused-checkpoint/v1"
MAX_EVIDENCE: Final = 16
"""Files of one log: a log that lies without end fills no disk."""


class Judge(Protocol):
    """Looks into a log before anything of it is cosigned: a witness that replays."""

    def check(self, origin: str, checkpoint_note: bytes) -> None:
        """Return if all that a log has up to a checkpoint holds.

        It is called by several threads at once, also for the same checkpoint again, and
        only with one that the log has signed and that continues what was cosigned.

        Args:
            origin: Which log.
            checkpoint_note: The signed note as it was sent, other lines and all.

        Raises:
            NotYetError: It has not got as far; the log is asked to come again.
            StoreError: The world failed; nothing is known about the log.
            CannotCheckError: It cannot tell; the log is refused, and not distrusted.
            VerificationError: Something does not hold, at ``index`` if that is known:
                nothing of this log is cosigned any more.
            MalformedError: As for VerificationError.
        """
        ...


@dataclass(frozen=True, slots=True)
class LogFigures:
    """How a witness stands with one log.

    Attributes:
        origin: Which log.
        size: What was cosigned last; zero if nothing ever was.
        seen_ms: When the log was last seen; None if it never was.
        cosigned: How many times something of it was cosigned.
        is_distrusted: Whether nothing of it is cosigned any more.
        evidence: How many files of evidence against it there are.
    """

    origin: str
    size: int
    seen_ms: int | None
    cosigned: int
    is_distrusted: bool
    evidence: int


class Witness:
    """One cosigner of several logs; any number of threads may ask it at once."""

    def __init__(
        self,
        cosigner: Cosigner,
        logs: Policy,
        store: WitnessStore,
        clock: Clock,
        judge: Judge | None = None,
        evidence: Path | None = None,
    ) -> None:
        """Witness the logs of a policy.

        Args:
            cosigner: Whose key cosigns.
            logs: Which logs, and the keys that sign for each; all else in the policy
                means nothing here.
            store: What was cosigned before.
            clock: What cosignatures are timed by.
            judge: Asked before anything is cosigned, if there is one.
            evidence: Folder, which is there, for what speaks against a log.

        Raises:
            ValueError: The cosigner's key signs for a log too.
        """
        if any(log.vkey.key == cosigner.key.public_key for log in logs.logs):
            raise ValueError(f"{cosigner.name}: its key is a log's")
        self._cosigner = cosigner
        self._logs = logs
        self._store = store
        self._clock = clock
        self._judge = judge
        self._evidence = evidence
        self._origins = {origin_hash(log.vkey.name): log.vkey.name for log in logs.logs}

    def add_checkpoint(self, body: bytes) -> bytes:
        """Return the line that cosigns a checkpoint, once it is on the disk.

        Args:
            body: What a log sends, as ``AddCheckpoint`` spells it.

        Raises:
            MalformedError: It is none, its checkpoint is none, or the old size is
                larger than the checkpoint's.
            NotFoundError: The log is not one of ours.
            UnknownKeyError: No key of the log has signed.
            SignatureError: A line of a key of the log is false, or there twice.
            DistrustedError: Nothing of this log is cosigned any more.
            OldSizeError: Another size was cosigned last.
            VerificationError: It does not continue what was cosigned last.
            CannotCheckError: The judge cannot tell, or not yet.
            ClockError: The clock is behind the time cosigned with last.
            StoreError: It is not known to be written.
        """
        request = parse_add_checkpoint(body)
        origin = parse_checkpoint(parse_note(request.checkpoint).text).origin
        keys = self._logs.log(origin)
        if not keys:
            raise NotFoundError("log: not one that this witness cosigns")
        signed = open_checkpoint(request.checkpoint, origin=origin, log_keys=keys)
        if request.old_size > signed.checkpoint.size:
            raise AddCheckpointError(
                f"add-checkpoint: got old size {request.old_size}, want at most "
                f"{signed.checkpoint.size}"
            )
        self._check_trusted(origin)
        self._check_continues(self._store.newest(origin), request, signed)
        self._ask_judge(origin, request.checkpoint)

        def cosign(last: LastCosigned | None) -> LastCosigned:
            # Another thread or process may have been faster.
            self._check_continues(last, request, signed)
            return self._cosign(last, signed)

        made = self._store.replace(origin, cosign)
        return parse_note(made.note).signatures[-1].to_line().encode()

    def newest(self, wanted: str) -> bytes:
        """Return the checkpoint of a log that was cosigned last, a signed note.

        Args:
            wanted: The SHA-256 of the log's origin, in hex.

        Raises:
            NotFoundError: Nothing of such a log was ever cosigned.
            StoreError: It cannot be read.
        """
        origin = self._origins.get(wanted)
        last = None if origin is None else self._store.newest(origin)
        if last is None:
            raise NotFoundError("checkpoint: none of such a log was cosigned here")
        return last.note

    def figures(self) -> tuple[LogFigures, ...]:
        """Return how it stands with each log, in the order of their origins.

        Raises:
            StoreError: It cannot be read.
        """
        found = []
        for origin in sorted(self._origins.values()):
            last = self._store.newest(origin)
            found.append(
                LogFigures(
                    origin=origin,
                    size=0 if last is None else last.size,
                    seen_ms=None if last is None else last.seen_ms,
                    cosigned=0 if last is None else last.count,
                    is_distrusted=self._store.distrusted(origin) is not None,
                    evidence=len(self._evidence_of(origin)),
                )
            )
        return tuple(found)

    def _check_trusted(self, origin: str) -> None:
        why = self._store.distrusted(origin)
        if why is not None:
            raise DistrustedError(
                f"log: nothing of it is cosigned since {format_time(why.time_ms)}: "
                f"{why.words}"
            )

    def _check_continues(
        self,
        last: LastCosigned | None,
        request: AddCheckpoint,
        signed: SignedCheckpoint,
    ) -> None:
        """Refuse what does not extend the tree that was cosigned last."""
        size = 0 if last is None else last.size
        checkpoint = signed.checkpoint
        if request.old_size != size:
            if last is not None and checkpoint.size == size:
                # Whatever was asked: one size with two roots says enough.
                self._keep_split_view(last, request, signed)
            raise OldSizeError(
                f"old size: got {request.old_size}, want {size}", size=size
            )
        root = EMPTY_ROOT if last is None else last.root
        try:
            verify_consistency(
                old_size=size,
                new_size=checkpoint.size,
                old_root=root,
                new_root=checkpoint.root,
                proof=request.proof,
            )
        except VerificationError:
            if last is not None:
                self._keep_split_view(last, request, signed)
            raise

    def _cosign(
        self, last: LastCosigned | None, signed: SignedCheckpoint
    ) -> LastCosigned:
        """Return what is remembered from now on, with the line of our own at its end.

        Raises:
            ClockError: The clock was set back.
        """
        now_ms = self._clock.now_ms()
        time = now_ms // 1000
        before = 0 if last is None else last.time
        # A time of zero says nothing; one that goes back says something false.
        if time < max(before, 1):
            notice(
                "clock-behind",
                origin=signed.checkpoint.origin,
                seconds=max(before, 1) - time,
            )
            raise ClockError(
                f"clock: is {max(before, 1) - time} s behind what was cosigned last"
            )
        line = sign_cosignature(self._cosigner, time, signed.text)
        checkpoint = signed.checkpoint
        return LastCosigned(
            size=checkpoint.size,
            root=checkpoint.root,
            note=Note(signed.text, (*_lines_of_log(signed), line)).to_bytes(),
            time=time,
            seen_ms=now_ms,
            count=1 + (0 if last is None else last.count),
        )

    def _ask_judge(self, origin: str, note: bytes) -> None:
        """Let the judge look into the log; what it finds false is never forgotten."""
        if self._judge is None:
            return
        try:
            self._judge.check(origin, note)
        except (VerificationError, MalformedError) as error:
            self._distrust(origin, note, error)
            raise DistrustedError(f"log: {error}") from error

    def _distrust(self, origin: str, note: bytes, error: LedgerError) -> None:
        now_ms = self._clock.now_ms()
        document = canonical(
            {
                "checkpoint": note.decode(),
                "code": error.code,
                "format": REFUSED_FORMAT,
                "index": error.index,
                "reason": str(error),
                "time": format_time(now_ms),
            }
        )
        # First, so that no crash leaves a log distrusted and nobody knows why.
        self._keep(origin, "refused", note, document)
        at = "" if error.index is None else f"entry {error.index}: "
        if self._store.distrust(origin, Distrusted(now_ms, error.code, f"{at}{error}")):
            notice("distrusted", origin=origin, code=error.code, index=error.index)

    def _keep_split_view(
        self, last: LastCosigned, request: AddCheckpoint, signed: SignedCheckpoint
    ) -> None:
        """Keep two checkpoints that exclude each other, if these two do."""
        note = Note(signed.text, _lines_of_log(signed)).to_bytes()
        evidence = SplitView(last.note, note, None, ())
        old, new = last.size, signed.checkpoint.size
        if old < new:
            if old == 0:
                return
            try:
                shown, _ = roots_from_consistency_proof(
                    old_size=old,
                    new_size=new,
                    old_root=last.root,
                    proof=request.proof,
                )
            except ProofShapeError:
                return
            evidence = SplitView(last.note, note, shown, request.proof)
        origin = signed.checkpoint.origin
        try:
            verify_split_view(evidence, log_keys=self._logs.log(origin), origin=origin)
        except EvidenceError:
            return  # a false proof shows nothing but that it is false
        # Our own line has another time whenever it is cosigned again.
        texts = parse_note(last.note).text + signed.text
        self._keep(origin, "split-view", texts, evidence.to_bytes())
        notice("split-view", origin=origin, first=old, second=new)

    def _keep(self, origin: str, kind: str, about: bytes, document: bytes) -> None:
        """Write evidence to a file of its own, if there is room.

        Args:
            origin: Of which log.
            kind: How the file's name begins.
            about: What tells it from other evidence; of the same there is one file.
            document: What is kept.
        """
        if self._evidence is None or len(self._evidence_of(origin)) >= MAX_EVIDENCE:
            return
        digest = hashlib.sha256(about).hexdigest()
        path = self._evidence / f"{kind}-{_short(origin)}-{digest[:16]}.json"
        try:
            _write_new(path, document)
        except OSError as error:
            words = error.strerror or str(error)
            failure("evidence-lost", StoreError(f"evidence: {words}"), origin=origin)

    def _evidence_of(self, origin: str) -> tuple[Path, ...]:
        if self._evidence is None:
            return ()
        return tuple(self._evidence.glob(f"*-{_short(origin)}-*.json"))


def _short(origin: str) -> str:
    return origin_hash(origin)[:16]


def _lines_of_log(signed: SignedCheckpoint) -> tuple[NoteSignature, ...]:
    """Return the lines of the log's keys, which hold; others mean nothing."""
    return tuple(
        line for line in signed.note.signatures if line.label in signed.signed_by
    )


def _write_new(path: Path, document: bytes) -> None:
    """Write a file, whole or not at all; one that is there already stays.

    Raises:
        OSError: It is not known to be on the disk.
    """
    if path.exists():
        return
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    part.write_bytes(document)
    sync(part)
    part.replace(path)
    sync(path.parent)
