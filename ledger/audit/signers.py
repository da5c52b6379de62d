"""Whose hands are on a step: signatures and roles that a template asks for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ledger.audit.book import Book, Period, Thing
from ledger.audit.finding import Finding, basis_of_step, finding_of
from ledger.audit.quantities import month_text
from ledger.audit.record import Record
from ledger.roles import ROLES
from ledger.template import Step, Template

_SERVES_AS: Final = {
    "household": frozenset({"household", "farm", "cooperative"}),
    "farm": frozenset({"farm", "household", "cooperative"}),
    "station": frozenset({"station", "cooperative"}),
    "carrier": frozenset({"carrier", "distributor"}),
    "laboratory": frozenset({"laboratory", "authority"}),
}
"""Who may sign where a template asks for a role."""


class _Asked(NamedTuple):
    """A step that asks for more than one signature, or for somebody's."""

    template: Template
    step: Step

    def fits(self, record: Record) -> bool:
        """Tell whether a record may be this step, whatever it is about."""
        return self.step.fits(
            business_step=record.step,
            disposition=record.disposition,
            process=record.process,
        )


@dataclass(frozen=True)
class _Lack:
    """A step that lacks a hand.

    Attributes:
        record: Of the step.
        name: Of the goods.
        template: Theirs.
        step: Which.
        roles: That nobody signed as.
    """

    record: Record
    name: str
    template: Template
    step: Step
    roles: tuple[str, ...]


def signatures_missing(period: Period) -> Iterator[Finding]:
    """Yield a finding for each step that was signed by too few at a place."""
    asked = _asked(period.book)
    told: dict[str, int] = {}
    found: dict[str, list[_Lack]] = {}
    for record in period.records:
        steps = [each for each in asked.get(record.step, ()) if each.fits(record)]
        if not steps:
            continue
        thing, step = _step(period.book, record, steps)
        if thing is None or step is None:
            continue
        told[step.id] = told.get(step.id, 0) + 1
        lack = _lack(thing, record, step)
        if lack is not None:
            found.setdefault(step.id, []).append(lack)
    for step_id, lacks in found.items():
        last = lacks[-1]
        roles = sorted({role for lack in lacks for role in lack.roles})
        yield finding_of(
            "signature-missing",
            "warning",
            last.record,
            about=(
                period.name,
                *(lack.name for lack in lacks[:20]),
                last.record.party,
            ),
            values={
                "place": period.name,
                "month": month_text(period.month),
                "step": step_id,
                "count": str(len(lacks)),
                "all": str(told[step_id]),
                "roles": ", ".join(roles) or "-",
                "thing": last.name,
                "time": last.record.time,
                "signed": ", ".join(last.record.parties),
                "signatures": str(len(last.record.parties)),
                "want": str(last.step.signers),
            },
            entries=[lack.record.index for lack in lacks],
            basis=basis_of_step(last.template, last.step),
            mark=f"{period.month}:{step_id}",
        )


def serves_as(kind: str, role: str) -> bool:
    """Tell whether a party of a kind may sign where a role is asked for.

    A kind that is no role of ours is a name of somebody's own: it may serve as any.

    >>> serves_as("cooperative", "station"), serves_as("plant", "station")
    (True, False)
    """
    return kind not in ROLES or kind in _SERVES_AS.get(role, {role})


def _asked(book: Book) -> dict[str, list[_Asked]]:
    """Return the steps of all templates that ask for hands, by business step."""
    found: dict[str, list[_Asked]] = {}
    for template in book.templates:
        for step in template.steps:
            if step.signers > 1 or step.attesters:
                for word in step.business_steps:
                    found.setdefault(word, []).append(_Asked(template, step))
    return found


def _step(
    book: Book, record: Record, steps: Sequence[_Asked]
) -> tuple[Thing | None, Step | None]:
    """Return which of some steps a record is, and the goods that show it."""
    for named in record.things:
        if record.type == "TransformationEvent" and named.role != "output":
            continue
        thing = book.thing(named.name)
        template = thing.template
        if template is None or record not in thing.records:
            continue
        for each in steps:
            if each.template is template and thing.is_step(record, each.step):
                return thing, each.step
    return None, None


def _lack(thing: Thing, record: Record, step: Step) -> _Lack | None:
    """Return what a step lacks, counting whoever told the same step apart as well."""
    parties, roles = [*record.parties], _lacking(thing.book, record.parties, step)
    if roles or len(parties) < step.signers:
        for other in thing.records:
            if other is not record and thing.is_step(other, step):
                parties += other.parties
        roles = _lacking(thing.book, parties, step)
    template = thing.template
    if template is None or (not roles and len(parties) >= step.signers):
        return None
    return _Lack(record, thing.name, template, step, roles)


def _lacking(book: Book, parties: Iterable[str], step: Step) -> tuple[str, ...]:
    """Return the roles that a step asks for and none of some parties has."""
    kinds = [book.kind_of(party) for party in parties]
    return tuple(
        role
        for role in step.attesters
        if not any(serves_as(kind, role) for kind in kinds)
    )
