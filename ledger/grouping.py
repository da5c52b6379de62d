"""A group as it is stored: what was judged, closed by its seal.

The sequencer makes groups of what is posted, and ``restore`` of what a copy of the log
has; of the same entries both make the same rows.
"""

from collections.abc import Iterator, Sequence

from ledger.edge import Edge
from ledger.event import Event
from ledger.replay import JudgedSeal, JudgedStatement
from ledger.sqlstore import Group
from ledger.telling import NOTHING, telling


def closed_group(
    statements: Sequence[tuple[JudgedStatement, bytes]],
    seal: JudgedSeal,
    chain: bytes,
    edge: Edge,
) -> Group:
    """Return the rows of a group, and let the tree grow by it.

    Args:
        statements: What the seal closes, each with the chain head after it.
        seal: It closes them.
        chain: The chain head after the seal.
        edge: The tree over the entries before.
    """
    entries = [(j.index, j.statement.entry, head) for j, head in statements]
    judged = [each for each, _ in statements]
    leaves = [*(each.leaf for each in judged), seal.leaf]
    return Group(
        entries=[*entries, (seal.index, seal.seal.to_bytes(), chain)],
        statements=[(each.identity, each.occurrence) for each in judged],
        listings=[line for each in judged for line in _lines(each)],
        seal=(seal.index, seal.seal.time_ms),
        tiles=[tile for leaf in leaves for tile in edge.append(leaf)],
    )


def _lines(judged: JudgedStatement) -> Iterator[tuple[str, int, int]]:
    """Yield the lines of lists that a statement makes."""
    content = judged.content
    tells = telling(content) if isinstance(content, Event) else {}
    for subject in judged.listed_under:
        yield subject, judged.index, tells.get(subject, NOTHING)
