"""The members that EPCIS 2.0 gives each type of event, as tables.

What validity reads has been checked by ``event``; here it is only named, so that what
is not named can be refused. Validity knows nothing of this module.
"""

import re
from collections.abc import Mapping

from ledger.disclosure import PROFILE, PROFILE_MEMBERS
from ledger.encoding import Json
from ledger.event import ACTIONS, QUANTITY_LISTS, Event
from ledger.shape import (
    Check,
    Shape,
    amount,
    anything,
    array_of,
    boolean,
    commitment,
    distinct,
    hexadecimal,
    identifier,
    number,
    quantity_unit,
    refusal,
    text,
    time,
    unit,
    uri,
    uris,
    word,
    word_or_extension,
)
from ledger.vocabulary import (
    BIZ_STEPS,
    BUSINESS_TRANSACTIONS,
    COMPONENTS,
    DISPOSITIONS,
    ERROR_REASONS,
    MEASUREMENTS,
    SENSOR_ALERTS,
    SOURCES_AND_DESTINATIONS,
)

_PARTY = re.compile(r"/id/party/[a-z0-9-]+")


def check_schema(event: Event, *, host: str) -> None:
    """Check an event against the members of its type.

    Args:
        event: A valid event.
        host: The host of the ledger's origin.

    Raises:
        UnknownUnitError: A unit is not in the table.
        SchemaError: A member is missing, unknown or of the wrong form.
    """
    _EVENTS[event.type](dict(event.body), "", host)
    _check_together(event)
    if PROFILE in event.body:
        _check_profile(event, host)
    if not event.subjects:
        raise refusal("", "it is about nothing; name at least one EPC, class or lot")


_TYPED = {"type": anything}
_LABEL = Shape("a label", {"root": anything, "size": anything}, is_open=False)
_SOURCE = Shape("a source", {"register": text, "record": text}, is_open=False)
_COMMITTED = Shape("a commitment", {"caravan:commit": commitment}, is_open=False)
_PROFILE = Shape(
    "a profile",
    optional=dict.fromkeys(PROFILE_MEMBERS, _COMMITTED),
    is_open=False,
)
_QUANTITIES = array_of(
    Shape(
        "a quantity",
        {"epcClass": anything},
        {"quantity": amount, "uom": quantity_unit},
        is_open=False,
    )
)
_SENSOR_METADATA = Shape(
    "sensor metadata",
    optional={
        "time": time,
        "startTime": time,
        "endTime": time,
        "deviceID": uri,
        "deviceMetadata": uri,
        "rawData": uri,
        "dataProcessingMethod": uri,
        "bizRules": uri,
    },
)
_SENSOR_REPORT = Shape(
    "a sensor report",
    {"type": word_or_extension(MEASUREMENTS)},
    {
        "exception": word_or_extension(SENSOR_ALERTS),
        "deviceID": uri,
        "deviceMetadata": uri,
        "rawData": uri,
        "dataProcessingMethod": uri,
        "bizRules": uri,
        "time": time,
        "microorganism": uri,
        "chemicalSubstance": uri,
        "coordinateReferenceSystem": uri,
        "component": word_or_extension(COMPONENTS),
        "value": number,
        "minValue": number,
        "maxValue": number,
        "meanValue": number,
        "sDev": number,
        "percRank": number,
        "percValue": number,
        "stringValue": text,
        "booleanValue": boolean,
        "hexBinaryValue": hexadecimal,
        "uriValue": uri,
        "uom": unit,
    },
)
_TRANSACTION = Shape(
    "a business transaction",
    {"bizTransaction": uri},
    {"type": word_or_extension(BUSINESS_TRANSACTIONS)},
    is_open=False,
)
_DISPOSITION_SET = distinct(word(DISPOSITIONS), 1)
_COMMON: Mapping[str, Check] = {
    "eventID": anything,
    "eventTime": anything,
    "eventTimeZoneOffset": anything,
    "certificationInfo": uris,
    "errorDeclaration": Shape(
        "an error declaration",
        {"declarationTime": time},
        {
            "reason": word_or_extension(ERROR_REASONS),
            "correctiveEventIDs": array_of(uri),
        },
    ),
    "bizStep": word(BIZ_STEPS),
    "disposition": word(DISPOSITIONS),
    "readPoint": Shape("a read point", {"id": identifier}),
    "bizLocation": Shape("a business location", {"id": identifier}),
    "bizTransactionList": array_of(_TRANSACTION),
    "sourceList": array_of(
        Shape(
            "a source",
            {"type": word(SOURCES_AND_DESTINATIONS), "source": identifier},
            is_open=False,
        )
    ),
    "destinationList": array_of(
        Shape(
            "a destination",
            {"type": word(SOURCES_AND_DESTINATIONS), "destination": identifier},
            is_open=False,
        )
    ),
    "sensorElementList": array_of(
        Shape(
            "a sensor element",
            {"sensorReport": array_of(_SENSOR_REPORT, 1)},
            {"sensorMetadata": _SENSOR_METADATA},
        )
    ),
    "caravan:seq": anything,
    "caravan:prev": anything,
    "caravan:label": _LABEL,
    "caravan:source": _SOURCE,
    PROFILE: _PROFILE,
}
_PERSISTENT: Mapping[str, Check] = {
    "persistentDisposition": Shape(
        "a persistent disposition",
        optional={"set": _DISPOSITION_SET, "unset": _DISPOSITION_SET},
        is_open=False,
    )
}
_ILMD: Mapping[str, Check] = {"ilmd": Shape("ilmd")}
_ACTION: Mapping[str, Check] = {"action": word(ACTIONS)}
_EPCS = distinct(anything)
_CHILDREN: Mapping[str, Check] = {
    "parentID": anything,
    "childEPCs": _EPCS,
    "childQuantityList": _QUANTITIES,
}
_OBJECTS: Mapping[str, Check] = {"epcList": _EPCS, "quantityList": _QUANTITIES}

_EVENTS: Mapping[str, Shape] = {
    "ObjectEvent": Shape(
        "an ObjectEvent",
        {**_TYPED, **_ACTION},
        {**_COMMON, **_OBJECTS, **_PERSISTENT, **_ILMD},
    ),
    "AggregationEvent": Shape(
        "an AggregationEvent", {**_TYPED, **_ACTION}, {**_COMMON, **_CHILDREN}
    ),
    "AssociationEvent": Shape(
        "an AssociationEvent",
        {**_TYPED, **_ACTION, "parentID": anything},
        {**_COMMON, **_CHILDREN},
    ),
    "TransactionEvent": Shape(
        "a TransactionEvent",
        {**_TYPED, **_ACTION, "bizTransactionList": array_of(_TRANSACTION, 1)},
        {**_COMMON, **_OBJECTS, "parentID": anything},
    ),
    "TransformationEvent": Shape(
        "a TransformationEvent",
        _TYPED,
        {
            **_COMMON,
            **_PERSISTENT,
            **_ILMD,
            "inputEPCList": _EPCS,
            "inputQuantityList": _QUANTITIES,
            "outputEPCList": _EPCS,
            "outputQuantityList": _QUANTITIES,
            "transformationID": anything,
        },
    ),
}


def _check_together(event: Event) -> None:
    """Check which members need or exclude which (EPCIS 2.0, section 7.4)."""
    body = event.body
    needs_objects = event.action != "DELETE"
    if event.type == "TransformationEvent":
        _check_sides(body)
    elif event.type == "TransactionEvent":
        if needs_objects and not _has(body, "epcList", "quantityList"):
            raise refusal("/epcList", "missing; say what the transaction is about")
    elif event.type in {"AggregationEvent", "AssociationEvent"}:
        if event.action != "OBSERVE" and "parentID" not in body:
            raise refusal("/parentID", f"missing; {event.action} needs a parent")
        if needs_objects and not _has(body, "childEPCs", "childQuantityList"):
            raise refusal("/childEPCs", "missing; say what is in the parent")
    elif "ilmd" in body and event.action != "ADD":
        raise refusal("/ilmd", "leave it out, or make the action ADD")
    if body.get("persistentDisposition") == {}:
        raise refusal("/persistentDisposition", "want set or unset")
    for member in QUANTITY_LISTS:
        for place, element in enumerate(_objects(body.get(member))):
            if "uom" in element and "quantity" not in element:
                pointer = f"/{member}/{place}/quantity"
                raise refusal(pointer, "missing; a unit needs a quantity")


def _check_profile(event: Event, host: str) -> None:
    """Refuse a profile that is not an observation about exactly one party."""
    subject = event.subjects[0] if len(event.subjects) == 1 else ""
    if not _PARTY.fullmatch(subject.removeprefix(f"https://{host}")):
        raise refusal("/epcList", "a profile is about one party, and nothing else")
    if event.type != "ObjectEvent" or event.action != "OBSERVE":
        raise refusal("/action", "a profile is an ObjectEvent with action OBSERVE")
    if event.disposition is not None or "persistentDisposition" in event.body:
        raise refusal(f"/{PROFILE}", "a profile says nothing else; leave that out")


def _check_sides(body: Mapping[str, Json]) -> None:
    """Refuse a transformation that lacks a side and a way to find the other."""
    has_inputs = _has(body, "inputEPCList", "inputQuantityList")
    has_outputs = _has(body, "outputEPCList", "outputQuantityList")
    if has_inputs and has_outputs:
        return
    if "transformationID" in body and (has_inputs or has_outputs):
        return
    missing = "outputQuantityList" if has_inputs else "inputQuantityList"
    raise refusal(
        f"/{missing}",
        "missing; a transformation has inputs and outputs, or a transformationID "
        "that other events share",
    )


def _has(body: Mapping[str, Json], *members: str) -> bool:
    return any(body.get(member) for member in members)


def _objects(value: Json) -> list[dict[str, Json]]:
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]
