"""Figures about the running log: plain numbers that monitoring asks for.

Counting costs two additions. Nothing here says anything about a statement but
that it was one of so many.
"""

import threading
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10)
"""Bounds for how long something took."""
SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Bounds for how many notes are in a group."""


class Histogram:
    """How many observations were at most each bound, and their sum.

    One thread counts; any may read, and sees an observation whole or half at worst.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        """Begin at zero.

        Args:
            bounds: Upper bounds, ascending; a last one without end is added.
        """
        self.bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Count one observation."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self._sum += value

    def read(self) -> tuple[tuple[int, ...], float]:
        """Return the count at each bound, those below included, and the sum.

        >>> sizes = Histogram([1, 10])
        >>> for size in (1, 7, 7, 100):
        ...     sizes.observe(size)
        >>> sizes.read()
        ((1, 3, 4), 115.0)
        """
        return tuple(accumulate(tuple(self._counts))), self._sum


class SharedHistogram(Histogram):
    """A histogram in which any number of threads count."""

    def __init__(self, bounds: Sequence[float]) -> None:
        """Begin at zero."""
        super().__init__(bounds)
        self._lock = threading.Lock()

    def observe(self, value: float) -> None:
        """Count one observation."""
        with self._lock:
            super().observe(value)


class GroupFigures:
    """What the sequencer's thread did; it alone counts here."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.notes = Histogram(SIZES)
        """Notes judged together, those included that were refused."""
        self.seconds = Histogram(SECONDS)
        """From the first note's judgement to the durable checkpoint."""
        self.failed = 0
        """Groups of which nothing is known, because store or clock failed."""

    def take(self, notes: int, seconds: float) -> None:
        """Count one group that was appended."""
        self.notes.observe(notes)
        self.seconds.observe(seconds)
