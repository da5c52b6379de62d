"""``caravan trace``: what goods came of, or what came of them and where it went."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.cli import verdict
from ledger.cli.documents import scanned
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.ledgers import LedgerTarget, Row, is_url, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Ledger, Policy
from ledger.cli.outcome import ExitStatus, printable, with_hint
from ledger.cli.trusting import choose_policy
from ledger.cli.verify import judge_ledger
from ledger.client import LedgerClient
from ledger.encoding import Json, canonical, parse_json
from ledger.errors import LedgerError, NotFoundError, StoreError
from ledger.goods import Total
from ledger.lookup import ReplayedEvents
from ledger.pins import default_pins
from ledger.recall import Recall
from ledger.telling import Direction
from ledger.trace import Node, Trace, parse_trace
from ledger.trace import trace as trace_goods

_SHOWN: Final = 10
"""Alike things shown one by one; of the rest only how many."""


def trace(
    subject: Annotated[
        str,
        typer.Argument(
            help="The URI of a lot, serial, carton, tank or animal; or the path of one."
        ),
    ],
    ledger: Ledger = None,
    direction: Annotated[
        Direction,
        typer.Option(help="back: what it came of; forth: where it went."),
    ] = "back",
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Replay a served ledger, and trace in that."),
    ] = False,
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    as_json: AsJson = False,
) -> None:
    """Trace goods back to what they came of, or forth to where they went.

    A folder is replayed first; a URL is asked, and its answer is its own word.
    Exit status: as of "verify", and 1 if goods came of themselves or of two lots.
    """
    if ledger is None:
        raise with_hint(NotFoundError("ledger: none given"), "give --ledger")
    found: verdict.Verdict | None = None
    if is_url(ledger) and not verify and policy is None and not accept_policy:
        answer = _served(ledger, subject, direction)
    else:
        try:
            found, collected = _replayed(ledger, policy, accept_served=accept_policy)
        except LedgerError as error:
            raise typer.Exit(
                verdict.say_refusal(error, LEDGER_STEPS, ledger, as_json=as_json)
            ) from error
        answer = collected.trace(subject, direction)
    if as_json:
        typer.echo(canonical(_as_json(answer, found)))
    else:
        for line in (*_vouched(found, ledger), *_lines(answer)):
            typer.echo(printable(line))
        if found is not None:
            typer.echo(found.closing)
    if answer.findings:
        raise typer.Exit(ExitStatus.FINDINGS)


def _served(url: str, subject: str, direction: Direction) -> Trace:
    """Return what a server answers to this question, and to no other."""
    with LedgerClient(url) as client:
        wanted = _named(subject, client.origin())
        answer = parse_trace(client.trace(wanted, direction))
    if (answer.subject, answer.direction) != (wanted, direction):
        raise StoreError(f"{url}: answers {answer.direction} from {answer.subject}")
    return answer


def _named(subject: str, origin: str) -> str:
    """Return what is named in any of the spellings that ``verify`` takes."""
    return scanned(subject, host=origin.split("/", 1)[0]).subject


@dataclass(slots=True)
class _Collected:
    """The entries of a replay, kept while they were judged."""

    target: LedgerTarget
    entries: list[tuple[int, bytes]] = field(default_factory=list)

    def watched(self) -> LedgerTarget:
        """Return the target, of which every entry that is read is kept."""
        return replace(self.target, entries=self._watch)

    def _watch(self, size: int, start: int) -> Iterator[Row]:
        # Whoever replays twice, because a key was changed, begins anew; whoever goes on
        # beyond what is cosigned does so where it was left.
        del self.entries[start:]
        for row in self.target.entries(size, start):
            self.entries.append(row[:2])
            yield row

    def trace(self, subject: str, direction: Direction) -> Trace:
        origin, size = self.target.origin, self.target.size
        return trace_goods(
            _named(subject, origin),
            direction,
            origin=origin,
            tree_size=size,
            events_about=ReplayedEvents(origin, self.entries[:size]),
            max_subjects=None,
        )


def _replayed(
    ledger: str, policy: Path | None, *, accept_served: bool
) -> tuple[verdict.Verdict, _Collected]:
    """Verify a whole ledger; return the verdict, and the very entries it is about."""
    pins = default_pins(os.environ)

    choose = partial(
        choose_policy, pins=pins, given=policy, accept_served=accept_served
    )
    with open_target(ledger) as target:
        collected = _Collected(target)
        return judge_ledger(collected.watched(), choose, pins), collected


def _as_json(answer: Trace, found: verdict.Verdict | None) -> dict[str, Json]:
    document: dict[str, Json] = {"trace": parse_json(answer.to_bytes())}
    if found is None:
        return {"outcome": "not checked", **document}
    return {"outcome": "verified", "ledger": found.facts, **document}


def _vouched(found: verdict.Verdict | None, ledger: str) -> Iterator[str]:
    """Yield on whose word the answer is."""
    if found is None:
        yield f"not checked: on the word of {ledger} alone, which may leave things out"
        yield "to check it: --verify replays the ledger, and traces in that"
        return
    yield f"verified: {found.headline}"
    for name in ("policy", "as_of"):
        yield f"{name.replace('_', ' ')}: {found.facts[name]}"


def _lines(answer: Trace) -> Iterator[str]:
    """Yield the answer as people read it."""
    yield f"{answer.direction} from {answer.subject}: {len(answer.nodes)} subjects"
    for level, nodes in groupby(answer.nodes, key=lambda node: node.level):
        yield f"level {level}"
        by_kind: dict[str, list[Node]] = {}
        for node in nodes:
            by_kind.setdefault(_kind(node), []).append(node)
        for kind, alike in by_kind.items():
            yield from _some([_node(node) for node in alike], f"  {kind} ")
    if answer.recall is not None:
        yield from _recall(answer, answer.recall)
    for finding in answer.findings:
        named = ", ".join(finding.subjects)
        yield f"finding: {finding.code}: {named} {_numbers(finding.statements)}"
    for left in answer.left_out:
        yield f"left out: #{left.index}, declared in error by #{left.declared_by}"


def _node(node: Node) -> str:
    quantities = "".join(
        f"; {role} {' + '.join(map(_total, totals))}"
        for role, totals in node.quantities.items()
        if totals
    )
    alarms = "".join(
        f"; ALARM {word} #{alarm.index}"
        for alarm in node.alarms
        for word in (*alarm.raised, *(f"{word} lifted" for word in alarm.lifted))
    )
    return f"{node.subject}{quantities}{alarms} {_numbers(node.statements)}"


def _kind(node: Node) -> str:
    """Return a word for what it is: of a ledger's own things, their first segment."""
    if node.kind != "own":
        return node.kind
    return node.subject.partition("/id/")[2].partition("/")[0] or node.kind


def _recall(answer: Trace, recall: Recall) -> Iterator[str]:
    yield f"serials: {len(recall.serials)}"
    yield from _some(recall.serials, "  ")
    yield f"logistic units: {len(recall.logistic_units)}"
    yield from _some(recall.logistic_units, "  ")
    yield f"shipments: {len(recall.shipments)}"
    kinds = {node.subject: _kind(node) for node in answer.nodes}
    times = {said.index: said.event_time for said in answer.statements}
    for sent in recall.shipments:
        counts = Counter(kinds.get(subject, "own") for subject in sent.subjects)
        goods = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        to = ", ".join(_unique(destination.id for destination in sent.destinations))
        yield f"  #{sent.index} {times.get(sent.index, '')} {goods}"
        yield f"    from {sent.read_point} to {to or 'nobody that is named'}"
    yield f"consignees: {len(recall.consignees)}"
    for consignee in recall.consignees:
        types = ", ".join(consignee.types)
        yield f"  {consignee.id} ({types}) {_numbers(consignee.statements)}"


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _some(lines: Sequence[str], before: str) -> Iterator[str]:
    """Yield the first lines, and how many more there are."""
    yield from (before + line for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"{before}and {len(lines) - _SHOWN} more (--json has all)"


def _total(total: Total) -> str:
    return f"{total.total} {total.uom}".rstrip()


def _numbers(statements: Iterable[int]) -> str:
    """Write statements as in #12 #16, and how many more there are."""
    numbers = [f"#{index}" for index in statements]
    more = [f"and {len(numbers) - _SHOWN} more"] if len(numbers) > _SHOWN else []
    return f"[{' '.join([*numbers[:_SHOWN], *more])}]"
