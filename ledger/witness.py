"""Witness logs: cosign a checkpoint if it continues what was cosigned before."""

from typing import Protocol


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
