"""Steps that should be told of goods that went on, and are not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.audit.book import Period, Thing
from ledger.audit.bounds import is_due
from ledger.audit.finding import Finding, Severity, basis_of_step, finding_of
from ledger.audit.flow import Flow
from ledger.audit.packs import act_of, first_out, is_release
from ledger.audit.quantities import flows_of, month_text
from ledger.audit.record import Record
from ledger.template import Step, Template

HANDOVER: Final = frozenset({"accepting", "collecting", "receiving"})
_WITHOUT_MAKING: Final = frozenset({*HANDOVER, "loading", "arriving"})
_MOST: Final = 5_000


@dataclass(frozen=True)
class _Missing:
    """A step that is not told of some goods.

    Attributes:
        thing: The goods.
        step: Which.
        template: Theirs.
        beyond: What shows that they went on without it.
    """

    thing: Thing
    step: Step
    template: Template
    beyond: Record

    @property
    def rule_id(self) -> str:
        """Return the rule that asks for it."""
        if is_test_step(self.step):
            return "test-missing"
        is_sampling = self.step.business_steps == ("sampling",)
        return "sample-missing" if is_sampling else "step-missing"

    @property
    def severity(self) -> Severity:
        """Return how grave it is: what buyers have was not tested, or not released."""
        is_sold = any(is_release(r) for r in self.thing.records) or (
            self.beyond.step in {"shipping", "departing", "stocking", "retail_selling"}
        )
        is_last = self.rule_id == "test-missing" or is_release_step(self.step)
        return "critical" if is_sold and is_last else "warning"


def is_test_step(step: Step) -> bool:
    """Tell whether a step is a test that is passed or failed."""
    return "inspecting" in step.business_steps and "conformant" in step.dispositions


def is_release_step(step: Step) -> bool:
    """Tell whether a step says of goods that they may be sold."""
    return "inspecting" in step.business_steps and any(
        word.startswith("sellable") for word in step.dispositions
    )


def steps_missing(period: Period) -> Iterator[Finding]:
    """Yield a finding for each step that goods made here in a month lack."""
    found: dict[str, list[_Missing]] = {}
    asked: dict[str, list[tuple[Step, Step]]] = {}
    made = 0
    for flow in flows_of(period):
        for name in _goods(flow):
            thing = period.book.thing(name)
            made += 1
            template = thing.template
            if template is None:
                continue
            if template.product not in asked:
                asked[template.product] = [*_asked(template)]
            for missing in _missing(thing, template, asked[template.product]):
                found.setdefault(missing.step.id, []).append(missing)
    for step_id, lacks in found.items():
        worst = max(lacks, key=lambda each: each.severity == "critical")
        yield finding_of(
            worst.rule_id,
            worst.severity,
            worst.beyond,
            about=(period.name, *(each.thing.name for each in lacks[:50])),
            values={
                "place": period.name,
                "month": month_text(period.month),
                "step": step_id,
                "after": worst.step.after,
                "count": str(len(lacks)),
                "made": str(made),
                "thing": worst.thing.name,
                "beyond": act_of(worst.beyond),
                "time": worst.beyond.time,
                "party": worst.beyond.party,
            },
            entries=[
                index
                for each in lacks
                for index in (
                    each.beyond.index,
                    *(i for flow in each.thing.made_by for i in flow.entries),
                )
            ],
            basis=basis_of_step(worst.template, worst.step),
            mark=f"{period.month}:{step_id}:" + (worst.thing.name if made == 1 else ""),
        )


def steps_skipped(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if goods were made without a step that has to come first."""
    template, made_in = thing.template, thing.made_in
    if template is None or not made_in:
        return
    for step, before in template.ordered:
        if step.id not in made_in or before.optional or not before.makes:
            continue
        if not _WITHOUT_MAKING.isdisjoint(before.business_steps):
            continue
        for flow in thing.made_by:
            raw = [s for s in flow.inputs if not _was_made_in(thing, s.name, before)]
            if not raw:
                continue
            yield finding_of(
                "step-skipped",
                "critical",
                flow.first,
                about=(thing.name, raw[0].name),
                values={
                    "thing": thing.name,
                    "step": step.id,
                    "before": before.id,
                    "time": flow.first.time,
                    "source": raw[0].name,
                    "count": str(len(raw)),
                    "all": str(len(flow.inputs)),
                    "party": flow.first.party,
                },
                entries=flow.entries,
                basis=basis_of_step(template, step),
                mark=flow.first.event_id,
            )


def _goods(flow: Flow) -> Iterable[str]:
    """Return what came out by quantity; else, everything that came out."""
    counted = [made.name for made in flow.outputs if made.quantity]
    return dict.fromkeys(counted or [made.name for made in flow.outputs])


def _missing(
    thing: Thing, template: Template, asked: Iterable[tuple[Step, Step]]
) -> Iterator[_Missing]:
    """Yield the steps that goods lack, of those that are asked for of such goods."""
    lacking: set[str] = set()
    for step, before in asked:
        if step.about not in thing.made_in or _is_told(thing, step):
            continue
        is_handover = not HANDOVER.isdisjoint(step.business_steps)
        if is_handover and _stays_with_its_maker(thing):
            continue
        called = (
            before.id in thing.made_in
            or before.id in lacking
            or _is_told(thing, before)
        )
        beyond = _beyond(thing, step, template) if called else None
        if beyond is None or not is_due(thing.book, beyond):
            continue
        lacking.add(step.id)
        yield _Missing(thing, step, template, beyond)


def _is_told(thing: Thing, step: Step) -> bool:
    words = step.business_steps
    return any(r.step in words and thing.is_step(r, step) for r in thing.records)


def _asked(template: Template) -> Iterator[tuple[Step, Step]]:
    """Yield the steps that goods may not lack, with the one that calls for each."""
    for step in _in_order(template):
        before = template.step(step.after)
        if before is not None and not step.optional:
            yield step, before


def _in_order(template: Template) -> Iterator[Step]:
    """Yield the steps about goods, each after the one that calls for it."""
    waiting = [step for step in template.steps if step.about and not step.makes]
    done = {step.id for step in template.steps} - {step.id for step in waiting}
    while waiting:
        ready = [step for step in waiting if step.after in done]
        if not ready:
            return
        yield from ready
        done |= {step.id for step in ready}
        waiting = [step for step in waiting if step.id not in done]


def _beyond(thing: Thing, step: Step, template: Template) -> Record | None:
    """Return what shows that goods went on past a step; None if nothing does."""
    for flow in thing.used_by:
        return flow.first
    for later in template.steps:
        if step.id in _before(later, template):
            for record in thing.records:
                if record.type != "TransformationEvent" and thing.is_step(
                    record, later
                ):
                    return record
    return first_out(thing) if "packs" in thing.makes or _has_packs(thing) else None


def _before(step: Step, template: Template) -> set[str]:
    """Return the steps that lead to one."""
    found: set[str] = set()
    while step.after and step.after not in found:
        found.add(step.after)
        following = template.step(step.after)
        if following is None:
            break
        step = following
    return found


def _has_packs(thing: Thing) -> bool:
    return any(
        not made.quantity and made.name != thing.name
        for flow in thing.made_by
        for made in flow.outputs
    )


def _stays_with_its_maker(thing: Thing) -> bool:
    """Tell whether nobody but those who made goods used them."""
    makers = {
        party for flow in thing.made_by for r in flow.records for party in r.parties
    }
    users = {r.party for flow in thing.used_by for r in flow.records}
    return bool(users) and users <= makers


def _was_made_in(thing: Thing, source: str, step: Step) -> bool:
    """Tell whether goods, or what they were made of, came out of a step.

    Of goods that nobody says the origin of, nothing is known: they may have.
    """
    waiting, seen = [source], {source}
    for name in waiting:
        each = thing.book.thing(name)
        if not each.made_by or step.id in each.made_in:
            return True
        if len(seen) >= _MOST:
            return True
        goods = [s for flow in each.made_by for s in flow.inputs if s.quantity]
        fresh = {s.name for s in goods} - seen
        seen |= fresh
        waiting += sorted(fresh)
    return False
