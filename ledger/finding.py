"""What no goods can do: a finding is something odd in a graph, with its statements.

It is shown and never a reason to fail: who reads it asks those who signed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.goods import Link


@dataclass(frozen=True, slots=True)
class Finding:
    """What no goods can do, or what leaves open where they came from.

    ``cycle``: goods that came of themselves. ``two-lots``: a serial in more than one.
    """

    code: Literal["cycle", "two-lots"]
    subjects: tuple[str, ...]
    statements: tuple[int, ...]


def findings_of(links: Sequence[Link]) -> tuple[Finding, ...]:
    """Return what is odd about links, cycles first."""
    return (*_cycles(links), *_two_lots(links))


def _two_lots(links: Iterable[Link]) -> Iterator[Finding]:
    """Yield the serials that are said to be of more than one lot."""
    lots: defaultdict[str, set[str]] = defaultdict(set)
    statements: defaultdict[str, set[int]] = defaultdict(set)
    for link in links:
        for part in link.outputs if link.kind == "lot" else ():
            lots[part.subject].update(lot.subject for lot in link.inputs)
            statements[part.subject].update(link.statements)
    for serial in sorted(lots):
        if len(lots[serial]) > 1:
            named = (serial, *sorted(lots[serial]))
            yield Finding("two-lots", named, tuple(sorted(statements[serial])))


def _cycles(links: Sequence[Link]) -> Iterator[Finding]:
    """Yield the goods that came of themselves, each group of them once.

    Subjects and links are the two kinds of points of one graph; a cycle is a strongly
    connected part of it with more than one point.
    """
    graph: defaultdict[str | int, list[str | int]] = defaultdict(list)
    for number, link in enumerate(links):
        for part in link.inputs:
            graph[part.subject].append(number)
        graph[number] += [part.subject for part in link.outputs]
    for points in _strongly_connected(graph):
        if len(points) > 1:
            numbers = [point for point in points if isinstance(point, int)]
            yield Finding(
                "cycle",
                tuple(sorted(point for point in points if isinstance(point, str))),
                tuple(sorted({i for n in numbers for i in links[n].statements})),
            )


def _strongly_connected(
    graph: Mapping[str | int, Sequence[str | int]],
) -> Iterator[list[str | int]]:
    """Yield the strongly connected parts of a graph (Tarjan, 1972); no recursion."""
    number: dict[str | int, int] = {}
    lowest: dict[str | int, int] = {}
    open_points: dict[str | int, None] = {}
    for root in tuple(graph):
        if root in number:
            continue
        number[root] = lowest[root] = len(number)
        open_points[root] = None
        todo = [(root, iter(graph.get(root, ())))]
        while todo:
            point, others = todo[-1]
            for other in others:
                if other not in number:
                    number[other] = lowest[other] = len(number)
                    open_points[other] = None
                    todo.append((other, iter(graph.get(other, ()))))
                    break
                if other in open_points:
                    lowest[point] = min(lowest[point], number[other])
            else:
                todo.pop()
                if todo:
                    above = todo[-1][0]
                    lowest[above] = min(lowest[above], lowest[point])
                if lowest[point] == number[point]:
                    yield _closed(open_points, point)


def _closed(open_points: dict[str | int, None], point: str | int) -> list[str | int]:
    """Take a part off the open points, from the last down to its first."""
    part = []
    while True:
        last, _ = open_points.popitem()
        part.append(last)
        if last == point:
            return part
