r"""What is to be looked at on the spot: drawn by chance that anybody can repeat.

Of each kind as many as the square root of how many there are, rounded up. Who is drawn
follows from a seed, which the auditor chooses, and the root of the ledger, which was
not known to whoever recorded something before it: for each name, the SHA-256 of seed,
root and name, with a line feed between them, in UTF-8; those with the smallest are
drawn. ``printf '%s\n%s\n%s' SEED ROOT NAME | sha256sum`` is the same.

Pure. Nothing here is secret: once seed and root are known, so is the sample.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stratum:
    """Those of one kind.

    Attributes:
        kind: Role of a party, or ``lot``.
        population: How many there are.
        chosen: Identifiers of those to look at, in the order in which they were drawn.
    """

    kind: str
    population: int
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, and from what.

    Attributes:
        seed: One line of text, the auditor's.
        root: Root hash of the ledger in hex.
        strata: By kind.
    """

    seed: str
    root: str
    strata: tuple[Stratum, ...]


def draw(
    names: Mapping[str, Iterable[str]],
    *,
    seed: str,
    root: str,
) -> Sample:
    """Return what is to be looked at.

    Args:
        names: Identifiers by kind; one that is there twice counts once.
        seed: One line of text.
        root: Root hash of the ledger in hex.

    Raises:
        ValueError: The seed is empty, or more than one line.

    >>> sample = draw({"household": ["a", "b", "c", "d", "e"]}, seed="7", root="00")
    >>> sample.strata
    (Stratum(kind='household', population=5, chosen=('b', 'e', 'd')),)
    """
    if not seed or not seed.isprintable():
        raise ValueError(f"seed: got {seed[:40]!a}, want one line of text")
    kinds = sorted(names)
    strata = tuple(_stratum(kind, names[kind], seed, root) for kind in kinds)
    return Sample(seed, root, strata)


def drawn_from(population: int) -> int:
    """Return how many of so many are drawn: the square root, rounded up.

    >>> [drawn_from(n) for n in (0, 1, 2, 4, 5, 9, 10)]
    [0, 1, 2, 2, 3, 3, 4]
    """
    return math.isqrt(population - 1) + 1 if population else 0


def draw_hash(seed: str, root: str, name: str) -> str:
    """Return the hash by whose size a name is drawn, in hex."""
    return hashlib.sha256(f"{seed}\n{root}\n{name}".encode()).hexdigest()


def _stratum(kind: str, names: Iterable[str], seed: str, root: str) -> Stratum:
    once = sorted({*names})
    drawn = sorted(once, key=lambda name: draw_hash(seed, root, name))
    return Stratum(kind, len(once), tuple(drawn[: drawn_from(len(once))]))
