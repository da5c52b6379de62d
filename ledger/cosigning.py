"""Have witnesses cosign the ledger's checkpoints, and show those that meet its policy.

Nobody who posts waits for a witness. What was signed last is offered to all witnesses
of the policy at once; once enough have cosigned it, it is published with their lines,
and once more when one that was slower has. While nothing is appended, it is offered
again before the word of the witnesses grows old. Until it is published no other is
offered, so that what the index was under it is kept once.

A witness is asked for its signature alone. One that says it has seen more of this
ledger than there is can be right: then this is an old copy, and must not append.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

from ledger.addcheckpoint import AddCheckpoint
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.clock import Clock
from ledger.cosignature import verify_cosignature
from ledger.errors import (
    GivenOutError,
    LedgerError,
    NotFoundError,
    NotYetError,
    OldSizeError,
    QuorumError,
    SignatureError,
)
from ledger.follower import MAX_BEHIND_SECONDS
from ledger.log import Log
from ledger.note import NoteSignature, VerifierKey, parse_note
from ledger.notices import MAX_WORDS, failure, notice
from ledger.policy import PolicyWitness
from ledger.published import Signed
from ledger.reader import LogReader
from ledger.trust import is_replaying
from ledger.witnessclient import WitnessClient

RECOSIGNED: Final = 4
"""How often the newest checkpoint is cosigned again within ``max_age_seconds``."""
PAUSE_SECONDS: Final = 0.5
"""Between two rounds, and how often somebody looks for a newer checkpoint."""
LINGER_SECONDS: Final = 1.0
"""How long lines wait for those of other witnesses, to be published with them."""
LONGEST_PAUSE_SECONDS: Final = 60.0
"""Between two rounds when witnesses do not answer."""
PATIENCE_SECONDS: Final = 5.0
"""How long a round waits for those that are not needed for the quorum."""
REPLAY_PATIENCE_SECONDS: Final = 60.0
"""How long it waits for one that has to read everything first."""
START_SECONDS: Final = 30.0
"""How long all of them together may keep a ledger from starting."""
_ASKED_AGAIN_SECONDS: Final = 0.5
_MOST_OLD_SIZES: Final = 3
_BEHIND_SECONDS: Final = 2 * MAX_BEHIND_SECONDS


class Asked(Protocol):
    """A witness that can be asked; ``WitnessClient`` is one."""

    def add_checkpoint(self, request: AddCheckpoint) -> bytes:
        """Return its signature lines for a checkpoint."""
        ...

    def newest(self, origin: str) -> bytes:
        """Return the checkpoint of a log that it cosigned last."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


Connect = Callable[[str], Asked]


@dataclass(slots=True)
class WitnessFigures:
    """What is known of one witness since the start.

    Attributes:
        name: In the policy.
        cosigned_s: The time of its newest cosignature, in seconds since 1970; 0 if it
            gave none.
        size: What that was of.
        failed: How often it gave none, by code.
    """

    name: str
    cosigned_s: int = 0
    size: int = 0
    failed: Counter[str] = field(default_factory=Counter)


class _Witness:
    """One witness of the policy, and what it has cosigned, as far as is known here."""

    def __init__(self, witness: PolicyWitness, client: Asked) -> None:
        self.name = witness.name
        self.vkey: VerifierKey = witness.vkey
        self.is_replaying = is_replaying(witness)
        self.client = client
        self.figures = WitnessFigures(witness.name)
        self.old_size = 0
        self.asked: Future[NoteSignature] | None = None

    @property
    def patience_seconds(self) -> float:
        return REPLAY_PATIENCE_SECONDS if self.is_replaying else PATIENCE_SECONDS


class Cosigning:
    """The thread that has the checkpoints of one log cosigned."""

    def __init__(
        self,
        log: Log,
        *,
        clock: Clock,
        connect: Connect = WitnessClient,
    ) -> None:
        """Prepare to ask the witnesses of its policy that have a URL.

        Args:
            log: The ledger.
            clock: Tells when a cosignature is to be renewed.
            connect: Reaches a witness by its URL.
        """
        self._log = log
        self._clock = clock
        self._witnesses = [
            _Witness(witness, connect(witness.url))
            for witness in log.policy.witnesses
            if witness.url is not None
        ]
        self._closing = threading.Event()
        self._is_started = False
        self._thread = threading.Thread(target=self._run, name="cosigning", daemon=True)
        self._pool = ThreadPoolExecutor(
            max(1, len(self._witnesses)), thread_name_prefix="witness"
        )
        self._offered: Signed | None = None
        self._published_size = -1
        self._is_overtaken = False
        self.published_s = 0
        """When a checkpoint was published last, in seconds since 1970; 0 if never."""

    @property
    def figures(self) -> Sequence[WitnessFigures]:
        """What is known of each witness."""
        return [witness.figures for witness in self._witnesses]

    def start(self) -> None:
        """Begin, if there is anybody to ask."""
        if self._witnesses:
            self._is_started = True
            self._thread.start()

    def close(self) -> None:
        """Ask nobody any more; before the log is closed."""
        self._closing.set()
        if self._is_started:
            self._thread.join()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for witness in self._witnesses:
            witness.client.close()

    # ------------------------------------------------------------------- rounds

    def _run(self) -> None:
        pause, failures = PAUSE_SECONDS, 0
        while not self._closing.wait(pause):
            try:
                failures = 0 if self.take_round() else failures + 1
                pause = min(
                    PAUSE_SECONDS * 2 ** min(failures, 7), LONGEST_PAUSE_SECONDS
                )
            # Whatever it was, the next round may do better; the log goes on.
            except Exception as error:
                failure("cosigning-failed", error)
                pause = LONGEST_PAUSE_SECONDS / 10

    def take_round(self) -> bool:
        """Have the newest checkpoint cosigned, or again the one that was not published.

        Returns:
            False if it was offered, and too few have cosigned it.

        Raises:
            StoreError: The log is closed, or what was cosigned is not kept.
        """
        if self._offered is None:
            if self._log.size == self._published_size and not self._is_due():
                return True
            self._offered = self._log.offer()
        if self._offered is None or self._offered.note is None:
            return True
        self._is_overtaken = False
        if not self._collect(self._offered):
            if self._is_overtaken:
                self._offered = None
            return False
        self._published_size, self._offered = self._offered.size, None
        return True

    def _is_due(self) -> bool:
        """Tell whether the newest checkpoint should be cosigned again."""
        age = self._clock.now_ms() / 1000 - self.published_s
        # A clock that was set back says nothing about how old it is.
        return age < 0 or age * RECOSIGNED >= self._log.directory.max_age_seconds

    def _collect(self, offered: Signed) -> bool:
        """Have a checkpoint cosigned by all that answer; say whether it was enough."""
        note = offered.note or b""
        for witness in self._witnesses:
            if witness.asked is None or witness.asked.done():
                witness.asked = self._pool.submit(self._ask, witness, offered)
        began = time.monotonic()
        lines: dict[str, bytes] = {}
        is_published = is_fresh = False
        waiting = {w.asked: w for w in self._witnesses if w.asked is not None}
        while waiting and not self._closing.is_set():
            answered, _ = wait(waiting, PAUSE_SECONDS, FIRST_COMPLETED)
            for future in answered:
                witness = waiting.pop(future)
                line = self._line_of(witness, future, offered)
                if line is not None:
                    lines[witness.name] = line
                    is_fresh = True
            seconds = time.monotonic() - began
            if is_fresh and (not waiting or seconds >= LINGER_SECONDS):
                ordered = [lines[w.name] for w in self._witnesses if w.name in lines]
                is_published |= self._publish(note + b"".join(ordered))
                is_fresh = False
            if all(seconds > w.patience_seconds for w in waiting.values()):
                break
        return is_published

    def _publish(self, note: bytes) -> bool:
        with suppress(QuorumError):
            self._log.publish(note)
            self.published_s = self._clock.now_ms() // 1000
            return True
        return False

    def _line_of(
        self, witness: _Witness, future: Future[NoteSignature], offered: Signed
    ) -> bytes | None:
        """Return what a witness signed, if it did, and it is of what was offered."""
        figures = witness.figures
        try:
            line = future.result()
            text = parse_note(offered.note or b"").text
            figures.cosigned_s = verify_cosignature(witness.vkey, text, line)
        # Whatever one answers, the lines of the others are published.
        except Exception as error:
            code, reason = "error", ""
            if isinstance(error, LedgerError):
                code, reason = error.code, str(error)[:MAX_WORDS]
            if not figures.failed[code]:
                notice("witness-failed", witness=witness.name, code=code, reason=reason)
            figures.failed[code] += 1
            return None
        figures.size = offered.size
        return line.to_line().encode()

    # ------------------------------------------------------------- one witness

    def _ask(self, witness: _Witness, offered: Signed) -> NoteSignature:
        """Have one witness cosign a checkpoint, on a thread of its own.

        Raises:
            LedgerError: It did not.
        """
        deadline = time.monotonic() + witness.patience_seconds
        old_sizes = 0
        while True:
            try:
                return self._ask_once(witness, offered)
            except OldSizeError as error:
                if error.size > offered.size:
                    # Whoever has a newer checkpoint may have had that one cosigned.
                    self._is_overtaken |= error.size <= self._log.size
                    self._check_ahead(witness, error.size)
                    raise
                old_sizes += 1
                # One that says another each time would be asked without end.
                if error.size == witness.old_size or old_sizes > _MOST_OLD_SIZES:
                    raise
                # It has cosigned before this process began, or was set back.
                witness.old_size = error.size
            except NotYetError:
                # One that replays may need longer than one answer may take.
                late = time.monotonic() + _ASKED_AGAIN_SECONDS > deadline
                if late or self._closing.is_set():
                    raise
                self._closing.wait(_ASKED_AGAIN_SECONDS)

    def _ask_once(self, witness: _Witness, offered: Signed) -> NoteSignature:
        note, old_size = offered.note or b"", witness.old_size
        proof = self._log.consistency_proof(old_size, offered.size)
        body = witness.client.add_checkpoint(AddCheckpoint(old_size, proof, note))
        text = parse_note(note).text
        key = (witness.vkey.name, witness.vkey.key_id)
        given = parse_note(text + b"\n" + body).signatures
        lines = [line for line in given if (line.name, line.key_id) == key]
        if len(lines) != 1:
            raise SignatureError(f"{witness.name}: got {len(lines)} lines of its key")
        verify_cosignature(witness.vkey, text, lines[0])
        witness.old_size = offered.size
        return lines[0]

    def _check_ahead(self, witness: _Witness, size: int) -> None:
        """Stop appending if a witness can show more of this ledger than there is."""
        try:
            shown = witness.client.newest(self._log.origin)
        except LedgerError:
            return
        checkpoint = own_checkpoint(self._log, shown)
        if checkpoint is not None and checkpoint.size > self._log.size:
            notice("witness-ahead", witness=witness.name, size=size)
            self._log.halt(
                f"witness {witness.name}: has cosigned {checkpoint.size} entries that "
                "this ledger's key has signed and this database does not hold"
            )


# ----------------------------------------------------------------------- the start


def check_not_older(
    log: LogReader, *, connect: Connect = WitnessClient
) -> tuple[str, ...]:
    """Refuse a ledger that is older than what a witness of its policy has seen.

    Before anything is signed: a database from a backup, or a copy of the ledger that
    another machine goes on with.

    Args:
        log: The ledger as it lies there, open for reading.
        connect: Reaches a witness by its URL.

    Returns:
        The names of the witnesses that did not say.

    Raises:
        GivenOutError: A witness has seen more of it, or another history.
    """
    asked = [witness for witness in log.policy.witnesses if witness.url is not None]
    if not asked:
        return ()
    pool = ThreadPoolExecutor(len(asked))
    clients: list[Asked] = []
    try:
        answers = [pool.submit(_seen_by, log, w, connect, clients) for w in asked]
        wait(answers, START_SECONDS)
        silent: list[str] = []
        for witness, answer in zip(asked, answers, strict=True):
            try:
                # One that answers byte by byte keeps nobody from starting.
                answer.result(0)
            except GivenOutError as error:
                raise GivenOutError(f"witness {witness.name}: {error}") from error
            except (LedgerError, TimeoutError):
                silent.append(witness.name)
    finally:
        pool.shutdown(wait=False)
        for client in clients:
            client.close()
    return tuple(silent)


def _seen_by(
    log: LogReader, witness: PolicyWitness, connect: Connect, clients: list[Asked]
) -> None:
    """Compare the ledger with what one witness has cosigned; whom it asks is added.

    Raises:
        GivenOutError: The witness has seen more of it, or another history.
        LedgerError: The witness did not say.
    """
    client = connect(witness.url or "")
    clients.append(client)
    try:
        with suppress(NotFoundError):
            seen = own_checkpoint(log, client.newest(log.origin))
            if seen is not None:
                _check_holds(log, seen)
                return
        # One that does not show what it has cosigned says at least how much.
        client.add_checkpoint(AddCheckpoint(log.size, (), log.signed_checkpoint()))
    except OldSizeError as error:
        if error.size > log.size:
            raise GivenOutError(
                f"says that it has cosigned {error.size} entries, but the database "
                f"holds {log.size}"
            ) from error


def own_checkpoint(log: LogReader, note: bytes) -> Checkpoint | None:
    """Return what a checkpoint says, if a key of this ledger has signed it.

    Whoever finds a key that was retired signs nothing of that size with it any more.
    """
    keys = dict.fromkeys((*log.directory.ledger_keys, *log.policy.log(log.origin)))
    with suppress(LedgerError):
        signed = open_checkpoint(note, origin=log.origin, log_keys=[*keys])
        for label in signed.signed_by:
            bound = log.directory.keys.get(label)
            ended_at = None if bound is None else bound.ended_at
            if ended_at is None or signed.checkpoint.size <= ended_at + 1:
                return signed.checkpoint
    return None


def _check_holds(log: LogReader, seen: Checkpoint) -> None:
    if seen.size > log.size:
        # Another process may append to this database, and be cosigned meanwhile.
        time.sleep(_BEHIND_SECONDS)
    if seen.size > log.size:
        raise GivenOutError(
            f"has cosigned {seen.size} entries, but the database holds {log.size}"
        )
    if log.root(seen.size) != seen.root:
        raise GivenOutError(
            f"has cosigned {seen.size} entries that are not those of the database"
        )
