"""What a refusal means to somebody who has to act on it.

The numbers of the steps are those of ``verify_ledger`` and ``verify``.
"""

from collections.abc import Sequence
from typing import Final

from ledger.errors import LedgerError, MalformedError, PassportError

_BY_LOG_KEY: Final = "the checkpoint is signed by the policy's log key"

LEDGER_STEPS: Final = (
    "the policy has a log line for this ledger",
    _BY_LOG_KEY,
    "every entry is valid at its index",
    "the entries are as many as the checkpoint says, and lead to its root",
    "the last entry is a seal, and the completeness index has its root",
    "every ledger key in force has signed the checkpoint",
    "the witnesses' cosignatures meet the policy's quorum",
    "flags are recomputed",
    "the ledger continues what was seen on this machine before",
)
PASSPORT_STEPS: Final = (
    "the passport parses, and is about the subject that was asked for",
    "the policy parses and has a log line for this ledger",
    _BY_LOG_KEY,
    "every entry is included under the checkpoint's root",
    "the last entry is a seal of this ledger",
    "the directory is replayed from entry 0",
    "every event is signed by keys that the directory binds, and allowed to its issuer",
    "the lists given are of the statements given",
    "the lists are those of the completeness index: none is shortened",
    "the directory is whole for everybody who signs",
    "something is stated of the code, and a serial was packed in the lot scanned",
    "everything that the code leads to has its list",
    "every ledger key in force has signed the checkpoint",
    "each statement has its closing seal, and the seals follow one another",
    "no event occurs twice",
    "alarms, standing and flags are recomputed",
    "the witnesses' cosignatures meet the policy's quorum",
    "the ledger extends the tree that the label was printed from",
    "the passport's checkpoint agrees with what was seen on this machine before",
)
RECEIPT_STEPS: Final = (
    "the receipt and its statement parse",
    _BY_LOG_KEY,
    "the checkpoint's tree has this entry at its index",
    "the witnesses' cosignatures meet the policy's quorum",
)

_CHANGED: Final = "bytes were changed after they were signed or logged"
_KEEP: Final = "keep a copy as evidence; compare with another copy of the ledger"
_ASK: Final = "ask the operator, and show this message"

_KEY_CHANGED: Final = (
    "where the ledger has changed its key since, caravan verify URL of the ledger "
    "follows the directory from the key that you know to the new one; with "
    "--accept-policy it is known here too"
)

_OTHER_SUBJECT: Final = (
    "this passport is not about what was asked for, and says nothing of it",
    "ask for the passport of the code that was scanned, or give --subject as it is",
)

EXPLANATIONS: Final[dict[str, tuple[str, str]]] = {
    "malformed": (
        "an entry or document is not of its form: damaged, or never what it claims",
        _KEEP,
    ),
    "not-verified": ("what is claimed does not follow from what is shown", _KEEP),
    "signature": (f"a signature does not hold: {_CHANGED}, or somebody forged", _KEEP),
    "proof-shape": (
        "a proof has hashes too many or too few: it was cut or made up",
        _KEEP,
    ),
    "root-mismatch": (
        "the entries are not those that the signed checkpoint stands for",
        _KEEP,
    ),
    "chain-broken": (
        f"the chain of hashes breaks at this entry: {_CHANGED}",
        _KEEP,
    ),
    "seal-mismatch": (
        "a seal says something else than the entries that it closes",
        _KEEP,
    ),
    "backdated": (
        "a seal says a time that a witness knows to be too early",
        _KEEP,
    ),
    "incomplete": (
        "entries are missing: the copy is cut short, or the server withholds them",
        "fetch it again; if they stay missing, compare with another copy",
    ),
    "not-packed": (
        "its maker packed no such serial, or not in this lot: the code may be made up",
        "compare the code with the pack; ask whoever sold it, and keep it",
    ),
    "authority": (
        "a key signed what it was not authorised to: the ledger broke its own rules",
        _KEEP,
    ),
    "event-reused": (
        "one event was logged twice: the ledger broke its own rules",
        _KEEP,
    ),
    "duplicate": (
        "one text was logged twice: the ledger broke its own rules",
        _KEEP,
    ),
    "wrong-origin": (
        "this belongs to another ledger",
        "check which ledger was meant, and whose policy this is",
    ),
    "unknown-key": (
        "no key that the policy names, or the directory binds, has signed this",
        "check that the policy is the right one for this ledger; if it is, " + _KEEP,
    ),
    "label-mismatch": (
        "label and ledger disagree: one of the two is not what it should be",
        "anyone can write such a link; if it is printed on the pack, keep the pack and "
        "this answer, and compare with another copy of the ledger",
    ),
    "fact-mismatch": ("a page shows something else than was signed", _KEEP),
    "split-view": (
        "the ledger has signed two histories: not everybody is shown the same",
        "show the evidence to anyone: it needs nobody's word",
    ),
    "cannot-check": (
        "neither true nor false: something needed to judge is not here",
        _ASK,
    ),
    "stale": (
        "what is shown is older than it may be, so newer entries could be missing",
        "try again later, or ask another server; then " + _ASK,
    ),
    "quorum": (
        "too few of the policy's witnesses have cosigned yet",
        "try again later; then " + _ASK,
    ),
    "label": (
        "the part of the code after # says nothing that can be compared here",
        "check that all of it was scanned; if it is of a larger ledger, another server "
        "may be further; without that part nothing is compared",
    ),
    "not-yet": (
        "a replaying witness has not recomputed the ledger as far as this",
        "try again in a minute; then " + _ASK,
    ),
    "unknown-version": (
        "a newer release wrote this",
        "update caravan and verify again",
    ),
}


def explain(error: LedgerError, steps: Sequence[str]) -> tuple[str, ...]:
    """Return what a refusal means, where it fell, and what to do.

    Args:
        error: The refusal.
        steps: What the verifier does, in order.
    """
    lines: list[str] = []
    if error.step is not None:
        lines.append(f"step {error.step} of {len(steps)}: {steps[error.step - 1]}")
    is_passport = isinstance(error, PassportError)
    if is_passport and (error.step, error.pointer) == (1, "/subject"):
        return (*lines, *_OTHER_SUBJECT)
    code = "malformed" if isinstance(error, MalformedError) else error.code
    lines += EXPLANATIONS.get(code, ())
    is_document = steps in (PASSPORT_STEPS, RECEIPT_STEPS)
    if code == "unknown-key" and is_document and f": {_BY_LOG_KEY}" in lines[0]:
        lines.append(_KEY_CHANGED)
    return tuple(lines)
