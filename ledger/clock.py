"""The world's time, as milliseconds since 1970-01-01T00:00:00Z.

The only module of the library that asks the machine what time it is. Everything
below ``log.py`` takes a time as an argument or has none.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000
