"""Every refusal of the ledger, in one tree.

A check returns nothing or raises. Each class has its own stable ``code``; the same
codes are the ``want`` of the shared vectors, ``Refusal.code`` in JavaScript and the
problem types over HTTP. Mistakes of the programmer (``TypeError``, ``ValueError``,
``RuntimeError``) are outside this tree and are never caught.

>>> RootMismatchError("root: got 00, want 01").code
'root-mismatch'
"""

from typing import ClassVar


class LedgerError(Exception):
    """Say that the ledger could not do, believe or accept something."""

    code: ClassVar[str] = "ledger-error"

    def __init__(self, message: str, *, pointer: str | None = None) -> None:
        """Keep the message and where in the body it applies.

        Args:
            message: Lower case, no full stop: ``thing: got X, want Y``.
            pointer: JSON Pointer (RFC 6901) to the member at fault, if there is one.
        """
        super().__init__(message)
        self.pointer = pointer
        self.index: int | None = None
        """Entry at which a verifier stopped; whoever walks the log fills it in."""
        self.step: int | None = None
        """Numbered step of the verifier at which it stopped."""


class MalformedError(LedgerError, ValueError):
    """Bytes do not parse: there is no claim to judge."""

    code = "malformed"


class EncodingError(MalformedError):
    """Base64, an integer or a JSON text is not in its one spelling."""

    code = "encoding"


class NoteError(MalformedError):
    """A signed note or a verifier key does not have its form."""

    code = "note"


class CheckpointError(MalformedError):
    """A note's text is not a checkpoint."""

    code = "checkpoint"


class PolicyError(MalformedError):
    """A policy file does not parse or contradicts itself."""

    code = "policy"


class ReceiptFormatError(MalformedError):
    """A file is not a tlog-proof."""

    code = "receipt-format"


class AddCheckpointError(MalformedError):
    """A body is not what a log sends to a witness."""

    code = "add-checkpoint"


class IdentifierError(MalformedError):
    """An identifier is not in its one spelling."""

    code = "identifier"


class EventError(MalformedError):
    """What validity reads of an event is missing or of the wrong form."""

    code = "event"


class StatementFormatError(MalformedError):
    """An entry is not a statement, or a directory body does not fit its action."""

    code = "statement-format"


class SealError(MalformedError):
    """An entry is not a seal."""

    code = "seal"


class PassportError(MalformedError):
    """A document is not a passport."""

    code = "passport"


class EvidenceError(MalformedError):
    """A document is not evidence, or proves nothing."""

    code = "evidence"


class KeyFileError(MalformedError):
    """A key file cannot be read, or its passphrase is wrong."""

    code = "key-file"


class VerificationError(LedgerError):
    """It parsed, and it is false."""

    code = "not-verified"


class SignatureError(VerificationError):
    """A signature fails the one Ed25519 rule."""

    code = "signature"


class ProofShapeError(VerificationError):
    """A proof has hashes too many or too few."""

    code = "proof-shape"


class RootMismatchError(VerificationError):
    """A proof leads to another root."""

    code = "root-mismatch"


class ChainBrokenError(VerificationError):
    """The chain head is not the hash over the entries before it."""

    code = "chain-broken"


class SealMismatchError(VerificationError):
    """A seal says something else than the entries it closes."""

    code = "seal-mismatch"


class BackdatedError(VerificationError):
    """A seal says that it is older than it can be."""

    code = "backdated"


class IncompleteError(VerificationError):
    """A list of statements is not all there is about a subject."""

    code = "incomplete"


class NotPackedError(VerificationError):
    """A serial was not packed by its creator in the lot that it is said to be of."""

    code = "not-packed"


class AuthorityError(VerificationError):
    """A key was not authorised for this at its index."""

    code = "authority"


class EventReusedError(VerificationError):
    """An issuer's event identifier occurs once too often."""

    code = "event-reused"


class DuplicateError(VerificationError):
    """A text that is already logged is logged again."""

    code = "duplicate"

    def __init__(self, message: str, *, first_index: int) -> None:
        """Keep where the text was logged first.

        Args:
            message: Which text is meant.
            first_index: Index of the entry that has the same text.
        """
        super().__init__(message)
        self.first_index = first_index


class WrongOriginError(VerificationError):
    """Something belongs to another ledger."""

    code = "wrong-origin"


class UnknownKeyError(VerificationError):
    """No key that the reader trusts, or the directory binds, has signed."""

    code = "unknown-key"


class LabelMismatchError(VerificationError):
    """A label was printed from another tree than the one that is shown."""

    code = "label-mismatch"


class FactMismatchError(VerificationError):
    """A page shows something else than the statement it stands for."""

    code = "fact-mismatch"


class SplitViewError(VerificationError):
    """Two signed checkpoints of one ledger exclude each other."""

    code = "split-view"

    def __init__(self, message: str, *, first: bytes, second: bytes) -> None:
        """Keep both signed checkpoints: evidence, not only bad news.

        Args:
            message: What excludes what.
            first: The checkpoint seen first, a signed note.
            second: The checkpoint that contradicts it, a signed note.
        """
        super().__init__(message)
        self.first = first
        self.second = second


class CannotCheckError(LedgerError):
    """Neither true nor false from here."""

    code = "cannot-check"

    def __init__(
        self,
        message: str,
        *,
        pointer: str | None = None,
        witnessed_at: str | None = None,
        is_clock_doubtful: bool = False,
    ) -> None:
        """Keep the message, and what witnesses say of the time.

        Args:
            message: What cannot be judged.
            pointer: Where in the body it applies.
            witnessed_at: The time that a quorum of witnesses vouches for.
            is_clock_doubtful: Whether the reader's own clock may be why.
        """
        super().__init__(message, pointer=pointer)
        self.witnessed_at = witnessed_at
        self.is_clock_doubtful = is_clock_doubtful


class StaleError(CannotCheckError):
    """What is shown is older than the ledger's own limit."""

    code = "stale"


class QuorumError(CannotCheckError):
    """Fewer witnesses than the policy asks for have cosigned."""

    code = "quorum"


class LabelError(CannotCheckError):
    """What a label says cannot be compared with the ledger."""

    code = "label"


class UnknownVersionError(CannotCheckError):
    """A kind or version that this program does not know."""

    code = "unknown-version"


class NotYetError(CannotCheckError):
    """A witness that replays has not got as far as this checkpoint."""

    code = "not-yet"


class RefusedError(LedgerError):
    """True, but not admitted here."""

    code = "refused"


class TooLargeError(RefusedError):
    """Larger than this ledger admits."""

    code = "too-large"


class FutureTimeError(RefusedError):
    """The event is said to happen too far in the future."""

    code = "future-time"


class UnknownUnitError(RefusedError):
    """A unit code that is not in the table."""

    code = "unknown-unit"


class CharacterError(RefusedError):
    """A text has characters that hide or reorder what a reader sees."""

    code = "character"


class SchemaError(RefusedError):
    """An event has members or words that its type does not have."""

    code = "schema"


class CrowdedError(RefusedError):
    """Strangers have stated enough about a subject."""

    code = "crowded"


class TooManyError(RefusedError):
    """A party has stated as much as is taken for now."""

    code = "too-many-requests"

    def __init__(
        self, message: str, *, pointer: str | None = None, wait_seconds: int = 60
    ) -> None:
        """Keep the message, and after how many seconds to try again."""
        super().__init__(message, pointer=pointer)
        self.wait_seconds = wait_seconds


class OldSizeError(RefusedError):
    """A witness has cosigned another size than the one it is asked to begin from."""

    code = "old-size"

    def __init__(self, message: str, *, size: int = 0) -> None:
        """Keep the size that the witness cosigned last.

        Args:
            message: Which sizes are meant.
            size: Zero if it never cosigned.
        """
        super().__init__(message)
        self.size = size


class DistrustedError(RefusedError):
    """A witness cosigns nothing of this log any more."""

    code = "distrusted"


class NotFoundError(LedgerError):
    """There is no such thing here."""

    code = "not-found"


class StoreError(LedgerError):
    """The world failed: nothing is known about the claim."""

    code = "store"


class OverloadedError(StoreError):
    """More is waiting than the server takes; nothing of it was taken."""

    code = "overloaded"


class FormatVersionError(StoreError):
    """The database was written by another format version."""

    code = "format-version"


class ClockError(StoreError):
    """The clock is behind the newest time on record."""

    code = "clock"


class ReadBackError(StoreError):
    """The database has something else than what was written to it."""

    code = "read-back"


class GivenOutError(StoreError):
    """The database does not hold what the newest checkpoint given out signs."""

    code = "given-out"


class ReadOnlyError(StoreError):
    """This ledger is only read here; nothing is appended."""

    code = "read-only"


def _codes(parent: type[LedgerError]) -> dict[str, type[LedgerError]]:
    found = {parent.code: parent}
    for child in parent.__subclasses__():
        found |= _codes(child)
    return found


# These carry what their words do not have.
_BY_CODE = {
    code: cls
    for code, cls in _codes(LedgerError).items()
    if not issubclass(cls, DuplicateError | SplitViewError | OldSizeError)
}


def error_of(code: str, message: str, pointer: str | None = None) -> LedgerError:
    """Return the error that another process met.

    Args:
        code: Its code; one that is not known here is a failure of the world.
        message: Its words.
        pointer: Where in the body it applies.

    >>> type(error_of("too-large", "note: got 70000 bytes, want at most 66560"))
    <class 'ledger.errors.TooLargeError'>
    """
    return _BY_CODE.get(code, StoreError)(message, pointer=pointer)
