"""What events say of goods: which came of which, and how much of each.

A link has inputs and outputs. It is a transformation (all events that share a
``transformationID`` are one), a thing put into a parent, or a serial made in a lot.
An event that its party declared in error links nothing.

Quantities are summed as they are written, in decimal: masses in kilograms, volumes in
litres, anything else in its own unit. Different units are never made one sum.

Pure functions, total over valid events: validity reads no quantities, so whatever else
stands in their place is no quantity.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final, Literal

from ledger.directory import Directory
from ledger.encoding import Json, parse_canonical
from ledger.event import ALARMS, Event, parse_event
from ledger.identifier import GS1
from ledger.seal import entry_kind
from ledger.statement import Statement, parse_statement
from ledger.units import UNITS, in_base_unit

LinkKind = Literal["transformation", "aggregation", "association", "lot"]
Role = Literal["created", "removed", "input", "output", "packed", "unpacked"]

_BASE_UNITS: Final = {"mass": "KGM", "volume": "LTR"}
# A factor has at most 9 decimals and a number at most 15 digits, of which there are at
# most as many as entries: no sum is ever rounded.
_EXACT_DIGITS: Final = 64
_ITEM: Final = f"{GS1}01/"
_ROLES: Final[Mapping[tuple[str, str], tuple[tuple[str, Role], ...]]] = {
    ("ObjectEvent", "ADD"): (("quantityList", "created"),),
    ("ObjectEvent", "DELETE"): (("quantityList", "removed"),),
    ("AggregationEvent", "ADD"): (("childQuantityList", "packed"),),
    ("AggregationEvent", "DELETE"): (("childQuantityList", "unpacked"),),
    ("AssociationEvent", "ADD"): (("childQuantityList", "packed"),),
    ("AssociationEvent", "DELETE"): (("childQuantityList", "unpacked"),),
}
_TRANSFORMED: Final[tuple[tuple[str, Role], ...]] = (
    ("inputQuantityList", "input"),
    ("outputQuantityList", "output"),
)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event, where it is in the log, and the parties of its signers."""

    index: int
    parties: tuple[str, ...]
    """In the order of the signers, the issuer's first; one party may be there twice."""
    event: Event

    @property
    def party(self) -> str:
        """Return the issuer's party."""
        return self.parties[0]


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of quantities of one unit, exact, as decimal text."""

    total: str
    uom: str
    """Code of the unit; empty where items are counted without one."""
    dimension: str


@dataclass(frozen=True, slots=True)
class Part:
    """One side's subject in a link, and how much of it, if the statements say so."""

    subject: str
    quantities: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """What came of what, in the words of these statements."""

    kind: LinkKind
    inputs: tuple[Part, ...]
    outputs: tuple[Part, ...]
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A statement that raises or lifts an alarm; whether it may is not judged here."""

    index: int
    raised: tuple[str, ...]
    lifted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An event that counts for nothing, because its party declared it in error."""

    index: int
    declared_by: int


def read_event(index: int, entry: bytes, directory: Directory) -> LoggedEvent | None:
    """Read an entry that was judged before; None if it is no event.

    Args:
        index: Where it is.
        entry: The entry.
        directory: Whose keys are whose, at this index or later.

    Raises:
        LedgerError: It was not judged before, or is damaged.
    """
    if entry_kind(entry) == "seal":
        return None
    statement = parse_statement(entry)
    if statement.kind != "event":
        return None
    host = directory.origin.split("/", 1)[0]
    event = parse_event(parse_canonical(statement.body), host=host)
    return LoggedEvent(index, parties_of(statement, directory), event)


def parties_of(statement: Statement, directory: Directory) -> tuple[str, ...]:
    """Return the parties of a statement's signers, the issuer's first.

    A key that the directory does not bind to a party stands for itself.
    """
    parties: list[str] = []
    for signer in statement.signers:
        bound = directory.key(signer)
        party = None if bound is None else bound.party
        parties.append(party or signer.label)
    return tuple(parties)


def settle_errors(
    events: Iterable[LoggedEvent],
) -> tuple[list[LoggedEvent], list[LeftOut]]:
    """Take out the events that were declared in error, and the declarations.

    A declaration is about the event of the same party with the same ``eventID``: nobody
    can declare another's event an error.
    """
    ordered = sorted(events, key=lambda logged: logged.index)
    declared = {
        (logged.party, logged.event.event_id): logged.index
        for logged in ordered
        if logged.event.is_error_declaration
    }
    kept: list[LoggedEvent] = []
    left_out: list[LeftOut] = []
    for logged in ordered:
        if logged.event.is_error_declaration:
            continue
        declared_by = declared.get((logged.party, logged.event.event_id))
        if declared_by is None:
            kept.append(logged)
        else:
            left_out.append(LeftOut(logged.index, declared_by))
    return kept, left_out


def links_of(events: Iterable[LoggedEvent]) -> list[Link]:
    """Return the links that events make.

    Args:
        events: None in error; of a ``transformationID`` all events or none.
    """
    links: list[Link] = []
    transformations: defaultdict[str, list[LoggedEvent]] = defaultdict(list)
    for logged in events:
        if logged.event.type == "TransformationEvent":
            shared = logged.event.body.get("transformationID", f"#{logged.index}")
            transformations[str(shared)].append(logged)
        elif logged.event.type == "ObjectEvent":
            links += _lot_links("epcList", "quantityList", logged)
        elif logged.event.type in {"AggregationEvent", "AssociationEvent"}:
            links += _parent_links(logged)
    for joined in transformations.values():
        bodies = [logged.event.body for logged in joined]
        links += _link(
            "transformation",
            _parts(bodies, "inputEPCList", "inputQuantityList"),
            _parts(bodies, "outputEPCList", "outputQuantityList"),
            [logged.index for logged in joined],
        )
        for logged in joined:
            links += _lot_links("outputEPCList", "outputQuantityList", logged)
    return links


def quantities_by_role(
    events: Iterable[LoggedEvent],
) -> dict[str, dict[Role, tuple[Total, ...]]]:
    """Return for each subject the sums of what events say came, went or was packed.

    A thing observed again is not there twice: ``OBSERVE`` adds to no sum.
    """
    found: defaultdict[str, defaultdict[Role, list[_Amount]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for logged in events:
        for subject, role, amount in _roles(logged.event):
            found[subject][role].append(amount)
    return {
        subject: {role: _totals(roles[role]) for role in sorted(roles)}
        for subject, roles in found.items()
    }


def quantity_statements(events: Iterable[LoggedEvent]) -> dict[str, set[int]]:
    """Return for each subject the statements that its sums are made of."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for logged in events:
        for subject, _, _ in _roles(logged.event):
            found[subject].add(logged.index)
    return found


def alarm_of(logged: LoggedEvent) -> Alarm | None:
    """Return what an event raises or lifts about each of its subjects, if anything."""
    event = logged.event
    raised = sorted(ALARMS & {event.disposition, *event.set})
    lifted = sorted(ALARMS & {*event.unset})
    if not raised and not lifted:
        return None
    return Alarm(logged.index, tuple(raised), tuple(lifted))


_Amount = tuple[Json, Json]
"""A quantity and its unit, as written."""


def _lot_links(epcs: str, classes: str, logged: LoggedEvent) -> Iterator[Link]:
    """Yield a link from each lot to the serials of its trade item in one event."""
    body = logged.event.body
    if classes not in body:
        return
    serials: defaultdict[str, list[Part]] = defaultdict(list)
    for name in _texts(body.get(epcs)):
        item, key, _ = _item(name)
        if key == "21":
            serials[item].append(Part(name, ()))
    for part in _parts([body], "", classes):
        item, key, _ = _item(part.subject)
        if key == "10" and item in serials:
            yield Link("lot", (part,), tuple(serials[item]), (logged.index,))


def _parent_links(logged: LoggedEvent) -> Iterator[Link]:
    body = logged.event.body
    kind: LinkKind = (
        "aggregation" if logged.event.type == "AggregationEvent" else "association"
    )
    parents = [Part(name, ()) for name in _texts([body.get("parentID")])]
    children = _parts([body], "childEPCs", "childQuantityList")
    yield from _link(kind, children, parents, [logged.index])


def _link(
    kind: LinkKind,
    inputs: Sequence[Part],
    outputs: Sequence[Part],
    statements: Sequence[int],
) -> Iterator[Link]:
    if inputs and outputs:
        yield Link(kind, tuple(inputs), tuple(outputs), tuple(sorted(statements)))


def _parts(bodies: Sequence[Mapping[str, Json]], epcs: str, classes: str) -> list[Part]:
    """Return what the events name on one side, each once, with its sums."""
    amounts: dict[str, list[_Amount]] = {}
    for body in bodies:
        for name in _texts(body.get(epcs)):
            amounts.setdefault(name, [])
        for name, amount in _elements(body.get(classes)):
            amounts.setdefault(name, []).append(amount)
    return [Part(name, _totals(found)) for name, found in amounts.items()]


def _roles(event: Event) -> Iterator[tuple[str, Role, _Amount]]:
    is_transformation = event.type == "TransformationEvent"
    members = (
        _TRANSFORMED
        if is_transformation
        else _ROLES.get((event.type, event.action or ""), ())
    )
    for member, role in members:
        for name, amount in _elements(event.body.get(member)):
            yield name, role, amount


def _totals(amounts: Iterable[_Amount]) -> tuple[Total, ...]:
    """Sum what has one unit; what is no number is left out.

    >>> _totals([(Decimal("1.5"), "KGM"), (250, "GRM"), (3, None)])
    ... # doctest: +NORMALIZE_WHITESPACE
    (Total(total='3', uom='', dimension='count'),
     Total(total='1.75', uom='KGM', dimension='mass'))
    """
    amounts = tuple(amounts)
    if not amounts:
        return ()
    sums: dict[tuple[str, str], Decimal] = {}
    with localcontext(prec=_EXACT_DIGITS):
        for value, uom in amounts:
            if isinstance(value, bool) or not isinstance(value, int | Decimal):
                continue
            number = Decimal(value)
            code = uom if isinstance(uom, str) else ""
            unit = UNITS.get(code)
            dimension = "unknown" if unit is None else unit.dimension
            if unit is not None and unit.factor is not None:
                number, code = in_base_unit(number, unit), _BASE_UNITS[dimension]
            elif code == "":
                # EPCIS 2.0, 7.3.3.3: a quantity without a unit counts instances.
                dimension = "count"
            sums[dimension, code] = sums.get((dimension, code), Decimal(0)) + number
    return tuple(
        Total(_plain(total), code, dimension)
        for (dimension, code), total in sorted(sums.items())
    )


def _plain(number: Decimal) -> str:
    """Write a number without exponent and without zeros at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _item(name: str) -> tuple[str, str, str]:
    """Return trade item, key and value of a serial or a lot; else empty texts."""
    parts = name.removeprefix(_ITEM).split("/")
    if not name.startswith(_ITEM) or len(parts) != 3:
        return "", "", ""
    return parts[0], parts[1], parts[2]


def _elements(value: Json) -> Iterator[tuple[str, _Amount]]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            for name in _texts([item.get("epcClass")]):
                yield name, (item.get("quantity"), item.get("uom"))


def _texts(value: Json) -> Iterator[str]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, str):
            yield item
