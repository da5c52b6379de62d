"""Which checkpoint is shown: the newest that meets the ledger's own policy.

A checkpoint is signed with every group and cosigned a little later, if the policy names
witnesses. Until then receipts stand under the ledger's own signature, and everything
else under the checkpoint before. What a passport stands under should be recomputed by
somebody, too: the newest that a replaying witness has cosigned not too long ago is
taken, and if there is none, the newest (blueprint, 3.4 and 3.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ledger.checkpoint import open_checkpoint
from ledger.errors import QuorumError
from ledger.note import parse_note
from ledger.policy import Policy, is_quorum, read_cosignatures, verify_quorum
from ledger.publicationstore import Publication
from ledger.sqlstore import SqlStore
from ledger.trust import is_replaying


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint: readers in other threads take size and note at once."""

    size: int
    note: bytes | None


class Published:
    """Chooses among the checkpoints that a store has."""

    def __init__(self, policy: Policy) -> None:
        """Choose by this policy, the one that the ledger suggests."""
        self._policy = policy
        # Of the newest ones, and of those that a replaying witness has cosigned.
        self._judge = lru_cache(maxsize=4)(self._cosigned_by)

    @property
    def has_witnesses(self) -> bool:
        """Whether the policy names any."""
        return bool(self._policy.witnesses)

    @property
    def needs_quorum(self) -> bool:
        """Whether the policy asks for any to have cosigned."""
        return self._policy.quorum is not None

    def judge(self, note: bytes, *, origin: str) -> tuple[int, bool]:
        """Return what a cosigned checkpoint signs, and whether somebody replayed it.

        Args:
            note: The checkpoint.
            origin: The ledger that it must be of.

        Raises:
            QuorumError: It does not meet the policy.
            MalformedError: It is no checkpoint.
            VerificationError: No key of the policy has signed it.
        """
        signed = open_checkpoint(note, origin=origin, log_keys=self._policy.log(origin))
        times = read_cosignatures(self._policy, signed.note).times
        verify_quorum(self._policy, tuple(times))
        return signed.checkpoint.size, any(name in times for name in self.replaying)

    def shown(self, store: SqlStore, head: Signed) -> Signed:
        """Return the newest checkpoint that meets the policy.

        Args:
            store: What is published in it.
            head: The newest checkpoint that the ledger has signed.

        Raises:
            QuorumError: None does yet.
            StoreError: The store cannot be read.
        """
        newest = self._newest(store, head)
        if newest is None and self.needs_quorum:
            raise QuorumError(
                f"checkpoint: none has the quorum {self._policy.quorum} yet"
            )
        return newest or head

    def proved_under(
        self,
        store: SqlStore,
        head: Signed,
        *,
        now_ms: int,
        max_age_seconds: int,
        least_size: int = 0,
    ) -> Signed:
        """Return the checkpoint that a passport stands under.

        Args:
            store: What is published in it.
            head: The newest checkpoint that the ledger has signed.
            now_ms: What time it is.
            max_age_seconds: How old the word of a replaying witness may be.
            least_size: What a label was printed of: a replaying witness that has not
                got as far is not waited for.

        Raises:
            StoreError: The store cannot be read.
        """
        oldest = now_ms // 1000 - max_age_seconds
        found = store.newest_publication(is_replayed=True) if self.replaying else None
        if found is not None and found.size >= least_size and self._meets(found):
            times = self._judge(found)
            is_recent = any(times.get(name, 0) >= oldest for name in self.replaying)
            if is_recent and self._vouched_for_since(oldest, times):
                return Signed(found.size, found.note)
        return self._newest(store, head) or head

    @property
    def replaying(self) -> tuple[str, ...]:
        """The replaying witnesses, by their names in the policy."""
        return tuple(
            witness.name for witness in self._policy.witnesses if is_replaying(witness)
        )

    def _newest(self, store: SqlStore, head: Signed) -> Signed | None:
        """Return the newest publication that meets the policy, unless the head does."""
        found = store.newest_publication() if self.has_witnesses else None
        if found is None or not self._meets(found):
            return None
        is_head_enough = not self.needs_quorum and found.size < head.size
        return None if is_head_enough else Signed(found.size, found.note)

    def _meets(self, published: Publication) -> bool:
        return is_quorum(self._policy, tuple(self._judge(published)))

    def _vouched_for_since(self, oldest: int, times: Mapping[str, int]) -> bool:
        """Tell whether the quorum's word, too, is of this time or later."""
        if not self.needs_quorum:
            return True
        recent = [name for name, time in times.items() if time >= oldest]
        return is_quorum(self._policy, recent)

    def _cosigned_by(self, published: Publication) -> Mapping[str, int]:
        return read_cosignatures(self._policy, parse_note(published.note)).times
