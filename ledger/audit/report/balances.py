"""The balances of a ledger: its masses, step by step, as they are drawn."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from ledger.audit.report.charts.balance import Balance, Flow, Node
from ledger.audit.report.masses import NOTHING, Cell, Key, Masses
from ledger.template import Name, Step, Template

MOST_PARTIES: Final = 8
"""So many have a box of their own at the first step; the others share one."""


def balances_of(masses: Masses, templates: Iterable[Template]) -> tuple[Balance, ...]:
    """Return the masses of each product of which there are steps.

    Args:
        masses: To which nothing is added any more.
        templates: Of the products, in their order.
    """
    products = masses.settle()
    found = []
    for template in templates:
        keys = [key for key, product in products.items() if product == template]
        balance = _Drawing(masses, template, keys).balance()
        if balance is not None:
            found.append(balance)
    return tuple(found)


class _Drawing:
    """The boxes of one product."""

    def __init__(self, masses: Masses, template: Template, keys: Iterable[Key]) -> None:
        self._masses = masses
        self._template = template
        self._steps: dict[Key, Step] = {}
        for key in keys:
            step = _step(template, key)
            if step is not None:
                self._steps[key] = step
        self._shared: set[str] = set()

    def balance(self) -> Balance | None:
        """Return what is drawn; None if nothing is."""
        nodes: list[Node] = []
        stages: list[tuple[str, Name]] = []
        for step in self._template.steps:
            cells = [
                self._masses.cell(key)
                for key, each in self._steps.items()
                if each.id == step.id
            ]
            found = [*self._nodes(step, cells)]
            if found:
                nodes += found
                stages.append((step.id, step.name))
        if not nodes:
            return None
        known = {node.id for node in nodes}
        flows = [*self._flows(known, [stage for stage, _ in stages])]
        return Balance(
            self._template.name,
            tuple(stages),
            tuple(nodes),
            tuple(flows),
            self._masses.is_whole,
        )

    def _nodes(self, step: Step, cells: Sequence[Cell]) -> Iterator[Node]:
        if not any(cell.made or cell.taken for cell in cells):
            return
        by_party: defaultdict[str, Decimal] = defaultdict(Decimal)
        for cell in cells:
            for party, mass in cell.by_party.items():
                by_party[party] += mass
        own = sorted(by_party, key=lambda party: (-by_party[party], party))
        for party in own[:MOST_PARTIES]:
            yield Node(f"{step.id} {party}", step.id, party, by_party[party])
        others = own[MOST_PARTIES:]
        if others:
            self._shared.update(others)
            mass = sum((by_party[party] for party in others), NOTHING)
            yield Node(f"{step.id} others", step.id, "", mass, count=len(others))
        rest = sum((cell.made for cell in cells), NOTHING) - sum(by_party.values())
        if rest or not own:
            yield Node(
                step.id,
                step.id,
                "",
                rest,
                taken=sum((cell.taken for cell in cells), NOTHING),
                lost=sum((cell.lost for cell in cells), NOTHING),
                excess=sum((cell.excess for cell in cells), NOTHING),
                missing=sum((cell.missing for cell in cells), NOTHING),
                is_counted=all(cell.is_counted for cell in cells),
            )

    def _flows(self, known: set[str], stages: Sequence[str]) -> Iterator[Flow]:
        """Yield what went on; what went back to an earlier step is not drawn."""
        found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (source, origin, target), mass in self._masses.flows().items():
            if source not in self._steps or target not in self._steps:
                continue
            start, end = self._steps[source].id, self._steps[target].id
            is_drawn = start in stages and end in known
            if is_drawn and stages.index(start) < stages.index(end):
                found[self._node(start, origin), end] += mass
        for (begin, end), mass in sorted(found.items()):
            if begin in known:
                yield Flow(begin, end, mass)

    def _node(self, step: str, origin: str) -> str:
        if not origin:
            return step
        return f"{step} others" if origin in self._shared else f"{step} {origin}"


def _step(template: Template, key: Key) -> Step | None:
    _, step, disposition, process = key
    return next(
        (
            each
            for each in template.steps
            if each.makes
            and each.fits(business_step=step, disposition=disposition, process=process)
        ),
        None,
    )
