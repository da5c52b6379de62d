"""Small ledgers of two households, a station and a vet, for tests of what is told.

Events are told by a word for their party; nothing is signed and no tree is made.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from ledger.audit.auditor import Auditor
from ledger.audit.record import read_record
from ledger.audit.records import Records
from ledger.template import builtin_templates
from tests.support.forge import HOST, ORIGIN, Forge, signer

HERDS = ("spring", "well")
PARTIES = {
    "spring": "household",
    "well": "household",
    "station": "station",
    "vet": "veterinarian",
}
_KINDS = ("animal", "milk", "tank", "tag")
FIRST = 1 + 2 * len(PARTIES)
"""Index of the first event: what is before it is the directory's."""
_MIDNIGHT = datetime.fromisoformat("2026-03-01T00:00:00+08:00")


def party(word):
    return f"https://{HOST}/id/party/{word}"


def place(word):
    return f"https://{HOST}/id/place/{word}"


def own(kind, word, name):
    return f"https://{HOST}/id/{kind}/{word}/{name}"


def time(day, hour=7):
    """Return a time so many days after the first of March 2026, in Keping."""
    moment = _MIDNIGHT + timedelta(days=day, hours=hour)
    return moment.isoformat(timespec="seconds")


def about(names, *, day, hour=7, step="other", by="spring", **members):
    """Return an event about single things."""
    return _event(by, day, hour, step, "OBSERVE", {"epcList": [*names]} | members)


def born(name, *, day, by="spring", dam="", sex="female", **members):
    """Return the entry of an animal in the herd book of its household."""
    ilmd = {"caravan:species": "camel", "caravan:sex": sex}
    if dam:
        ilmd["caravan:dam"] = dam
    body = {"epcList": [name], "ilmd": ilmd, "caravan:precision": "day"} | members
    return _event(by, day, 0, "commissioning", "ADD", body)


def tagged(name, tag, *, day, by=("spring", "vet"), **members):
    body = {"type": "AssociationEvent", "parentID": name, "childEPCs": [tag]}
    return _event(by, day, 11, "installing", "ADD", body | members)


def milking(names, lot, kilograms, *, day, hour=7, by="spring", **members):
    """Return a milking of animals, or with ``head`` of a group, into a lot."""
    body = {
        "type": "TransformationEvent",
        "outputQuantityList": [quantity(lot, kilograms)],
        "caravan:process": "milking",
        "caravan:species": "camel",
    }
    if names:
        body["inputEPCList"] = [*names]
    return _event(by, day, hour, "creating_class_instance", "", body | members)


def sample(name, kilograms, *, day, hour=7, by="spring", **components):
    """Return what a meter told of one animal."""
    reports = [report("milk", kilograms, "KGM")]
    reports += [report(word, value, "P1") for word, value in components.items()]
    return about(
        [name],
        day=day,
        hour=hour,
        step="sensor_reporting",
        by=by,
        sensorElementList=[{"sensorReport": reports}],
    )


def weighed(name, kilograms, *, day, by="spring", method="girth"):
    return about(
        [name],
        day=day,
        hour=12,
        step="inspecting",
        by=by,
        sensorElementList=[{"sensorReport": [report("weight", kilograms, "KGM")]}],
        **{"caravan:method": method},
    )


def analysed(lot, kilograms, *, day, disposition="conformant", hour=10, **components):
    """Return a test at the station; components as (value, unit)."""
    reports = [report(word, *told) for word, told in components.items()]
    body = {
        "quantityList": [quantity(lot, kilograms)],
        "sensorElementList": [{"sensorReport": reports}],
        "disposition": disposition,
    }
    return _event(("station", "spring"), day, hour, "inspecting", "OBSERVE", body)


def report(component, value, unit):
    told = {"component": f"caravan:{component}", "value": Decimal(str(value))}
    return told | {"uom": unit}


def quantity(lot, kilograms, unit="KGM"):
    return {"epcClass": lot, "quantity": Decimal(str(kilograms)), "uom": unit}


def audited_events(*events, templates=None):
    """Return the auditor of events, after its audit."""
    auditor = Auditor(
        Records(), origin=ORIGIN, templates=templates or builtin_templates()
    )
    forge = Forge()
    forge.genesis()
    for word, kind in PARTIES.items():
        prefixes = [f"https://{HOST}/id/{each}/{word}" for each in _KINDS]
        forge.admit(party(word), kind=kind, places=[place(word)], prefixes=prefixes)
        key = signer(f"{HOST}/{word}")
        forge.authorize(key, party(word))
    for index, entry in enumerate(forge.entries):
        auditor.take(index, entry)
    for index, (words, body) in enumerate(events, FIRST):
        logged_us = int(datetime.fromisoformat(body["eventTime"]).timestamp()) * 10**6
        auditor.until_us = max(auditor.until_us, logged_us)
        auditor.put(
            read_record(
                body | {"eventID": body.get("eventID", f"urn:uuid:{index:032}")},
                index=index,
                parties=tuple(party(word) for word in words),
                key=f"{HOST}/{words[0]}",
                is_importer=False,
                logged_us=logged_us,
                directory=auditor.directory,
            )
        )
    auditor.run()
    return auditor


def found(*events, rule=None, **options):
    """Return what is found of events, by one rule or by all; entry 0 is the first."""
    findings = [*audited_events(*events, **options).records.findings()]
    assert all(each.rule.blanks <= each.values.keys() for each in findings)
    return [
        replace(each, entries=tuple(index - FIRST for index in each.entries))
        for each in findings
        if rule is None or each.rule_id == rule
    ]


def _event(by, day, hour, step, action, members):
    words = (by,) if isinstance(by, str) else tuple(by)
    body = {
        "type": "ObjectEvent",
        "eventTime": time(day, hour),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step,
        "readPoint": {"id": place(words[0])},
    }
    if action:
        body["action"] = action
    return words, body | members
