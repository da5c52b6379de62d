"""Follow a ledger whose key was changed since its policy was pinned (blueprint, 4.2).

The registrar adds ledger keys and retires them, in the log. A reader who knows only a
retired key finds no line of it on the newest checkpoint; that is no lie if the entries
lead from that key to the new ones. What ties them to the old key is a checkpoint that
it signed and this machine has seen: the same entries must lead to that root too, which
``Comparison`` checks.
"""

from ledger.checkpoint import open_checkpoint
from ledger.cli.ledgers import LedgerTarget
from ledger.errors import LedgerError
from ledger.note import VerifierKey
from ledger.policy import Policy
from ledger.replay import Occurrences, Replay


def is_signed_under(note: bytes | None, policy: Policy, origin: str) -> bool:
    """Say whether a log key of the policy has signed a checkpoint."""
    if note is None:
        return False
    try:
        open_checkpoint(note, origin=origin, log_keys=policy.log(origin))
    except LedgerError:
        return False
    return True


def successors(
    target: LedgerTarget, policy: Policy, seen_note: bytes | None
) -> tuple[VerifierKey, ...]:
    """Return the ledger keys that the directory leads to from those of the policy.

    Args:
        target: The ledger; its newest checkpoint bears no key of the policy.
        policy: What the reader trusts.
        seen_note: The newest checkpoint seen on this machine.

    Returns:
        None of them where nothing ties the entries to the policy's keys.

    Raises:
        LedgerError: An entry is not valid; ``index`` says which.
    """
    if not is_signed_under(seen_note, policy, target.origin):
        return ()
    replay = Replay(
        target.origin, occurrences=Occurrences(), check_every_index_root=False
    )
    for _, entry, _ in target.entries(target.size, 0):
        replay.advance(replay.judge(entry))
    return replay.directory.ledger_keys


def extended(policy: Policy, keys: tuple[VerifierKey, ...]) -> bytes:
    """Return a policy that names these log keys too."""
    known = {log.vkey for log in policy.logs}
    lines = [f"log {key.to_text()}\n" for key in keys if key not in known]
    return "".join(lines).encode() + policy.text
