"""Look into logs before they are cosigned: what a replaying witness asks (``Judge``).

Of each log there is a mirror here, and a reading that goes on from entry to entry, with
the index root recomputed at every seal; so a group costs its own entries. At the start
the mirror is replayed from its first entry.

What is found false is what a key of the log has signed: the entries under a checkpoint,
which the mirror has led to its root. Whatever could be the fault of anybody else (a
server that does not answer, entries that lead nowhere, a line of a key that is missing
and that whoever carried the note can have taken away) only makes this wait or refuse.

Seals tell when something was logged, and the ledger writes them. What bounds a seal's
time from below is that it was not there yet: a log that showed at some time that it had
nothing newer cannot have sealed something five minutes before that (blueprint, 3.5).
So a log that is idle is asked for its next entry, now and then; that there is none is
remembered, with the time. One that does not say is not cosigned: it could date back
whatever comes next. If there is one, its receipt has a checkpoint that the log
has signed, and that is judged at once, whatever the log shows to witnesses meanwhile.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, Literal, Protocol

import msgspec

from ledger.addcheckpoint import origin_hash
from ledger.apart import InTurn, Judges, Row, cut
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.client import LedgerClient
from ledger.clock import Clock
from ledger.encoding import canonical
from ledger.errors import (
    BackdatedError,
    CannotCheckError,
    ClockError,
    IncompleteError,
    LedgerError,
    MalformedError,
    NotYetError,
    PolicyError,
    SealMismatchError,
    SignatureError,
    SplitViewError,
    StoreError,
    UnknownKeyError,
    VerificationError,
)
from ledger.merkle import leaf_hash, root_hash
from ledger.mirror import Mirror, write_file
from ledger.note import VerifierKey, parse_note
from ledger.notices import failure, notice
from ledger.policy import PolicyLog
from ledger.reading import Reading
from ledger.receipt import parse_receipt
from ledger.seal import Seal, entry_kind, format_time, parse_seal
from ledger.trust import FUTURE_MS, check_ledger_keys, located
from ledger.workers import Workers, worker_count

WAIT_SECONDS: Final = 5.0
"""How long whoever asks is kept waiting."""
LOOK_SECONDS: Final = 300.0
"""How often an idle log is looked at."""
UNSEEN_MS: Final = 10 * 60 * 1000
"""How long ago an idle log has to have said that it has no more, to be cosigned."""
_TIMEOUT_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 5.0


class Source(Protocol):
    """Where the entries of a log are read; ``LedgerClient`` is one."""

    def entries(self, size: int, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield index and entry of the entries in ``[start, size)``."""
        ...

    def receipt(self, index: int) -> bytes:
        """Return the newest receipt of an entry."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


Pause = Callable[[float], None]
Connect = Callable[[str, Pause], Source]
"""Reaches a log by its URL; what it waits with ends when the replayer is closed."""


@dataclass(frozen=True, slots=True)
class ReplayFigures:
    """How far the replay of one log is.

    Attributes:
        origin: Which log.
        state: ``level`` with what was asked for; ``behind``; ``stuck`` at an entry of a
            form that this release does not know; ``false`` if something did not hold.
        size: How many entries were judged.
        asked: The largest size that was asked for.
    """

    origin: str
    state: Literal["level", "behind", "stuck", "false"]
    size: int
    asked: int


class Replayer:
    """Replays logs, each on a thread of its own."""

    def __init__(
        self,
        folder: Path,
        logs: Sequence[PolicyLog],
        *,
        clock: Clock,
        connect: Connect | None = None,
        wait_seconds: float = WAIT_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """Prepare to replay; nothing is read before :meth:`start`.

        Args:
            folder: Where the mirrors are kept, and what is remembered of each log.
            logs: Which logs, the keys that sign for them, and where they are read.
            clock: What the times of seals are compared with.
            connect: Reaches a log.
            wait_seconds: How long whoever asks is kept waiting.
            look_seconds: How often an idle log is looked at.

        Raises:
            PolicyError: A log has no URL.
            StoreError: What is remembered of one cannot be read.
        """
        self._logs: dict[str, _Log] = {}
        for origin in dict.fromkeys(log.vkey.name for log in logs):
            own = [log for log in logs if log.vkey.name == origin]
            url = next((log.url for log in own if log.url is not None), None)
            if url is None:
                raise PolicyError(f"log {origin}: has no URL, from which it is read")
            self._logs[origin] = _Log(
                folder,
                origin,
                [log.vkey for log in own],
                # Where the tiles are, as tlog-policy has it; a client adds that itself.
                url.removesuffix("/").removesuffix("/log"),
                clock=clock,
                connect=connect or _connect,
                wait_seconds=wait_seconds,
                look_seconds=look_seconds,
            )

    def start(self) -> None:
        """Begin to replay what is mirrored."""
        for log in self._logs.values():
            log.start()

    def close(self) -> None:
        """Stop; whoever waits is told to come again."""
        for log in self._logs.values():
            log.stop()
        for log in self._logs.values():
            log.join()

    def check(self, origin: str, checkpoint_note: bytes) -> None:
        """Return if all that a log has up to a checkpoint holds (``Judge``).

        Args:
            origin: Which log.
            checkpoint_note: The signed note as it was sent.

        Raises:
            NotYetError: It was not replayed so far, or its last seal is not now.
            CannotCheckError: The log is not one of these, an entry has a form that this
                release does not know, or a ledger key in force has not signed the note.
            VerificationError: Something does not hold, at ``index`` if it is an entry.
            MalformedError: As for VerificationError.
        """
        log = self._logs.get(origin)
        if log is None:
            raise CannotCheckError(f"log {origin}: is not replayed here")
        log.check(checkpoint_note)

    def figures(self) -> tuple[ReplayFigures, ...]:
        """Return how far each log is, in the order of their origins."""
        return tuple(self._logs[origin].figures() for origin in sorted(self._logs))


def open_replayer(folder: Path, logs: Sequence[PolicyLog], *, clock: Clock) -> Replayer:
    """Return what replays logs that are read over HTTP; it is to be started.

    Raises:
        PolicyError: A log has no URL.
        StoreError: What is remembered of one cannot be read.
    """
    return Replayer(folder, logs, clock=clock)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found to hold up to a checkpoint."""

    checkpoint: Checkpoint
    seal: Seal
    ledger_keys: tuple[VerifierKey, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody asks for."""

    checkpoint: Checkpoint
    note: bytes


class _Seen(msgspec.Struct, frozen=True):
    """That at a time a log had so many entries and no more."""

    size: int
    time_ms: int


class _Log:
    """The replay of one log. ``_changed`` guards all that more than one thread sees."""

    def __init__(
        self,
        folder: Path,
        origin: str,
        log_keys: Sequence[VerifierKey],
        url: str,
        *,
        clock: Clock,
        connect: Connect,
        wait_seconds: float,
        look_seconds: float,
    ) -> None:
        name = origin_hash(origin)
        self._origin = origin
        self._log_keys = log_keys
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._look_seconds = look_seconds
        self._mirror = Mirror(folder / name)
        self._seen_file = folder / f"{name}.json"
        self._closing = threading.Event()
        self._source = connect(url, self._pause)
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)

        self._changed = threading.Condition()
        self._wanted: _Asked | None = None
        self._largest = 0
        self._judged: _Judged | None = None
        self._tried = 0
        self._failed: tuple[int, LedgerError] | None = None
        self._false: LedgerError | None = None
        self._stuck: CannotCheckError | None = None
        self._is_to_be_seen = False
        self._seen_ms = 0
        # The first entry that it shows and has no checkpoint for.
        self._hidden: int | None = None

        # These are the thread's own.
        self._reading, self._in_turn = self._beginning()
        self._seen = self._read_seen()
        self._first_new: Seal | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin to end."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()

    def join(self) -> None:
        """End, if that does not take long; else the thread ends with the process."""
        if self._thread.is_alive():
            self._thread.join(_CLOSE_SECONDS)
        self._source.close()

    def figures(self) -> ReplayFigures:
        """Return how far it is."""
        with self._changed:
            size = 0 if self._judged is None else self._judged.checkpoint.size
            state: Literal["level", "behind", "stuck", "false"] = "level"
            if self._false is not None:
                state = "false"
            elif self._stuck is not None:
                state = "stuck"
            elif size < self._largest:
                state, size = "behind", self._reading.replay.size
            return ReplayFigures(self._origin, state, size, self._largest)

    # --------------------------------------------------------------- whoever asks

    def check(self, note: bytes) -> None:
        """As :meth:`Replayer.check`."""
        signed = open_checkpoint(note, origin=self._origin, log_keys=self._log_keys)
        checkpoint = signed.checkpoint
        judged = self._wait_for(_Asked(checkpoint, note))
        if judged.checkpoint.size > checkpoint.size:
            judged = self._judge_earlier(judged, _Asked(checkpoint, note))
        try:
            check_ledger_keys(signed, judged.ledger_keys)
        except (UnknownKeyError, SignatureError) as error:
            # Whoever carries a note can take lines away, and put false ones to it.
            raise CannotCheckError(str(error)) from error
        now_ms = self._clock.now_ms()
        seal = judged.seal
        if seal.time_ms > now_ms + FUTURE_MS:
            raise NotYetError(
                f"seal time: got {seal.time}, it is {format_time(now_ms)}"
            )
        self._wait_until_seen(checkpoint.size, now_ms)

    def _judge_earlier(self, judged: _Judged, asked: _Asked) -> _Judged:
        """Return what holds up to a checkpoint that is older than what is judged.

        A log whose witnesses were away shows them an older one first.
        """
        size, of = asked.checkpoint.size, judged.checkpoint.size
        try:
            root = self._mirror.root(size, of=of)
            _, last = next(self._mirror.entries(of, size - 1))
        except IncompleteError as error:
            raise NotYetError(f"mirror: {error}") from error
        if root != asked.checkpoint.root:
            # The one or the other is false; which, and that it is, the mirror shows.
            with self._changed:
                self._want(asked)
            raise NotYetError(f"root at size {size}: is being looked into")
        try:
            if entry_kind(last) != "seal":
                raise _not_sealed()
            return _Judged(asked.checkpoint, parse_seal(last), judged.ledger_keys)
        except (SealMismatchError, MalformedError) as error:
            # It was hashed when it came, and may have been damaged since.
            if not self._is_whole(asked.checkpoint, of=of):
                raise NotYetError("mirror: was damaged") from error
            raise located(size - 1, error) from None

    def _wait_for(self, asked: _Asked) -> _Judged:
        """Return what is judged, once it is at least what is asked for."""
        size = asked.checkpoint.size
        until = time.monotonic() + self._wait_seconds
        with self._changed:
            self._largest = max(self._largest, size)
            tried = self._tried
            is_wanted = False
            while True:
                self._check_nothing_speaks_against(size)
                judged = self._judged
                # Another one of the same size is left to the mirror.
                if judged is not None and (
                    judged.checkpoint.size > size
                    or judged.checkpoint == asked.checkpoint
                ):
                    return judged
                if not is_wanted:
                    self._want(asked)
                    is_wanted = True
                elif self._failed is not None and self._tried > tried:
                    failed_size, error = self._failed
                    if failed_size >= size:
                        raise NotYetError(f"not replayed: {error}") from error
                left = until - time.monotonic()
                if left <= 0 or self._closing.is_set():
                    raise NotYetError(f"not replayed yet: entries up to {size}")
                self._changed.wait(left)

    def _wait_until_seen(self, size: int, now_ms: int) -> None:
        """Return if the last seal is young, or once there is seen to be none newer."""
        until = time.monotonic() + self._wait_seconds
        with self._changed:
            self._is_to_be_seen = True
            self._changed.notify_all()
            while True:
                self._check_nothing_speaks_against(size)
                judged = self._judged
                if judged is not None and judged.seal.time_ms >= now_ms - FUTURE_MS:
                    return
                if self._seen_ms >= now_ms - UNSEEN_MS:
                    return
                left = until - time.monotonic()
                if left <= 0 or self._closing.is_set():
                    raise NotYetError("log: does not say whether it has more")
                self._changed.wait(left)

    def _check_nothing_speaks_against(self, size: int) -> None:
        """Refuse a log of which something was found; under ``_changed``."""
        if self._false is not None:
            raise self._false.with_traceback(None)
        if self._stuck is not None:
            raise CannotCheckError(str(self._stuck))
        if self._hidden is not None and self._hidden >= size:
            raise NotYetError(
                f"entry {self._hidden}: is shown, and no checkpoint for it"
            )

    def _want(self, asked: _Asked) -> None:
        wanted = self._wanted
        if wanted is None or wanted.checkpoint.size < asked.checkpoint.size:
            self._wanted = asked
            self._changed.notify_all()

    # ----------------------------------------------------------------- the thread

    def _run(self) -> None:
        with closing(self._mirror):
            self._replay_mirror()
            while not self._closing.is_set():
                with self._changed:
                    # After so long without a word, somebody looks all the same.
                    self._changed.wait_for(self._has_work, self._look_seconds)
                    wanted, self._wanted = self._wanted, None
                    is_asked_about, self._is_to_be_seen = self._is_to_be_seen, False
                if wanted is not None:
                    self._try(wanted)
                if is_asked_about or wanted is None:
                    self._see(self._clock.now_ms())

    def _has_work(self) -> bool:
        return self._wanted is not None or self._is_to_be_seen or self._closing.is_set()

    def _replay_mirror(self) -> None:
        """Judge what was mirrored before this process began."""
        began = time.monotonic()
        try:
            note = self._mirror.checkpoint()
            if note is None:
                return
            checkpoint = parse_checkpoint(parse_note(note).text)
        except LedgerError as error:
            failure("not-replayed", error, origin=self._origin)
            return
        with self._changed:
            self._largest = max(self._largest, checkpoint.size)
        self._try(_Asked(checkpoint, note))
        if self._judged is not None:
            seconds = round(time.monotonic() - began)
            size = self._judged.checkpoint.size
            notice("replayed", origin=self._origin, entries=size, seconds=seconds)

    def _try(self, asked: _Asked) -> None:
        """Judge up to a checkpoint, and tell those who wait."""
        judged, failed = None, None
        is_false = is_stuck = False
        try:
            judged = self._judge(asked)
        except _FalseError as error:
            failed, is_false = error.reason, True
        except CannotCheckError as error:
            # Of a form that is not known yet, if that was found in an entry.
            failed, is_stuck = error, error.index is not None
        except LedgerError as error:
            failed = error
        # Whatever it was, whoever asks is answered.
        except Exception as error:
            failure("not-replayed", error, origin=self._origin)
            failed = StoreError(f"replay: {type(error).__name__}")
            self._begin_anew()
        with self._changed:
            is_new = self._failed is None or str(self._failed[1]) != str(failed)
            self._tried += 1
            if judged is not None:
                self._judged, self._hidden = judged, None
            self._failed = None if failed is None else (asked.checkpoint.size, failed)
            if is_false:
                self._false = failed
            if is_stuck and isinstance(failed, CannotCheckError):
                self._stuck = failed
            self._changed.notify_all()
        if failed is not None and is_new and not self._closing.is_set():
            facts = {"origin": self._origin, "index": failed.index}
            failure("found-false" if is_false else "not-replayed", failed, **facts)

    def _judge(self, asked: _Asked) -> _Judged:
        """Judge all up to a checkpoint.

        Raises:
            _FalseError: Something does not hold that the log has signed.
            CannotCheckError: An entry has a form that is not known, or the checkpoint
                is older than what was mirrored.
            LedgerError: It cannot be read as it should be; nothing is known.
        """
        checkpoint = asked.checkpoint
        try:
            self._mirror.advance(
                asked.note,
                self._source.entries,
                origin=self._origin,
                log_keys=self._log_keys,
            )
        except SplitViewError as error:
            raise _FalseError(error) from error
        try:
            self._read(checkpoint.size)
            replay = self._reading.replay
            if replay.frontier.root() != checkpoint.root:
                self._begin_anew()
                raise StoreError("mirror: was changed while it was read")
            last = replay.last_seal
            if last is None or last.index != checkpoint.size - 1:
                raise located(checkpoint.size - 1, _not_sealed())
            self._check_times()
        except (VerificationError, MalformedError) as error:
            if not self._is_whole(checkpoint, of=checkpoint.size):
                self._begin_anew()
                raise StoreError("mirror: was damaged while it was read") from error
            raise _FalseError(error) from error
        return _Judged(checkpoint, last, tuple(replay.directory.ledger_keys))

    def _read(self, size: int) -> None:
        """Take in the entries up to a size."""
        reading, before = self._reading, self._reading.replay.size
        with self._judging(size - before) as judges:
            pieces = cut(self._rows(size, before), size, first=before)
            for piece, columns in judges.judge(pieces):
                reading.take(piece, columns)

    @contextmanager
    def _judging(self, new: int) -> Iterator[Judges]:
        """Give those who judge events: some processes if there is much to do."""
        count = worker_count(new)
        if count == 0:
            yield self._in_turn
            return
        try:
            with Workers(self._origin, count) as workers:
                for index, entry in self._reading.directory:
                    workers.learn(index, entry)
                yield workers
        finally:
            self._in_turn = InTurn(self._origin)
            for index, entry in self._reading.directory:
                self._in_turn.learn(index, entry)

    def _rows(self, size: int, start: int) -> Iterator[Row]:
        """Yield entries of the mirror, noting the first seal that is new."""
        try:
            for index, entry in self._mirror.entries(size, start):
                if self._closing.is_set():
                    raise StoreError("replay: is stopping")
                if self._first_new is None and index >= self._seen.size:
                    with suppress(LedgerError):
                        if entry_kind(entry) == "seal":
                            self._first_new = parse_seal(entry)
                yield index, entry, None
        except IncompleteError as error:
            raise StoreError(f"mirror: {error}") from error

    def _is_whole(self, checkpoint: Checkpoint, *, of: int) -> bool:
        """Say whether the first entries of a mirror of so many are a checkpoint's."""
        with suppress(IncompleteError):
            entries = islice(self._mirror.entries(of), checkpoint.size)
            root = root_hash(leaf_hash(entry) for _, entry in entries)
            return root == checkpoint.root
        return False

    def _begin_anew(self) -> None:
        self._reading, self._in_turn = self._beginning()
        self._first_new = None

    def _beginning(self) -> tuple[Reading, InTurn]:
        reading = Reading(self._origin, check_every_index_root=True)
        return reading, InTurn(self._origin)

    # ----------------------------------------------------------------- its times

    def _check_times(self) -> None:
        """Check that no seal says that it was there before it was.

        Raises:
            BackdatedError: One does.
            ClockError: The clock was set back, or was wrong then.
        """
        first, seen_ms = self._first_new, self._seen.time_ms
        if first is None:
            return
        if seen_ms > self._clock.now_ms() + FUTURE_MS:
            raise ClockError(f"clock: is behind {format_time(seen_ms)}, the last look")
        # Seals do not run backwards, so that of the new ones the first is the oldest.
        if first.time_ms < seen_ms - FUTURE_MS:
            raise located(
                first.index,
                BackdatedError(
                    f"seal time: got {first.time}, but at "
                    f"{format_time(seen_ms)} there was no entry {self._seen.size}"
                ),
            )

    def _see(self, now_ms: int) -> None:
        """Remember that an idle log has nothing newer, if that is what it shows."""
        judged = self._judged
        if judged is None or judged.checkpoint.size != self._reading.replay.size:
            return
        # No later seal is older than the last, which would be young enough.
        if judged.seal.time_ms >= now_ms - FUTURE_MS or self._closing.is_set():
            return
        size = judged.checkpoint.size
        try:
            # A server that gives nothing says nothing about what comes next.
            next(self._source.entries(size, size - 1))
            has_more = False
            with suppress(IncompleteError):
                has_more = next(self._source.entries(size + 1, size), None) is not None
            if has_more:
                self._look_on(size)
                return
            seen = _Seen(size, max(now_ms, self._seen.time_ms))
            text = canonical({"size": seen.size, "time_ms": seen.time_ms})
            write_file(self._seen_file, text)
        except (LedgerError, OSError, StopIteration):
            return  # it is seen another time
        self._seen, self._first_new = seen, None
        with self._changed:
            self._seen_ms = now_ms
            self._changed.notify_all()

    def _look_on(self, size: int) -> None:
        """Judge what the log has signed since it was asked about.

        Raises:
            StoreError: It does not answer.
        """
        try:
            receipt = parse_receipt(self._source.receipt(size))
            checkpoint = open_checkpoint(
                receipt.checkpoint, origin=self._origin, log_keys=self._log_keys
            ).checkpoint
            is_shown = checkpoint.size > size
        except StoreError:
            raise
        except LedgerError:
            is_shown = False
        if is_shown:
            self._try(_Asked(checkpoint, receipt.checkpoint))
            with self._changed:
                # And after that?
                self._is_to_be_seen |= self._reading.replay.size > size
            return
        # Else it could say at any time that there is more, and never be held to it.
        notice("hidden", origin=self._origin, index=size)
        with self._changed:
            self._hidden = size
            self._changed.notify_all()

    def _read_seen(self) -> _Seen:
        try:
            return msgspec.json.decode(self._seen_file.read_bytes(), type=_Seen)
        except FileNotFoundError:
            return _Seen(0, 0)
        except (OSError, msgspec.MsgspecError) as error:
            raise StoreError(f"{self._seen_file}: {error}") from error

    def _pause(self, seconds: float) -> None:
        self._closing.wait(seconds)


def _not_sealed() -> SealMismatchError:
    return SealMismatchError("last entry: not a seal, want one")


class _FalseError(Exception):
    """Something does not hold that the log has signed."""

    def __init__(self, reason: LedgerError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _connect(url: str, pause: Pause) -> Source:
    return LedgerClient(url, timeout_seconds=_TIMEOUT_SECONDS, sleep=pause)
