"""Small ledgers that are written event by event, and what their audit finds.

Each event is posted when it happens. Nothing is signed and no tree is made: what a key
may say has been judged before an audit begins.
"""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from ledger.audit.auditor import Auditor
from ledger.audit.record import read_record
from ledger.audit.records import Records
from ledger.template import builtin_templates
from tests.support.forge import HOST, ORIGIN, Forge

KINDS = {
    "herd": "household",
    "other-herd": "household",
    "station": "station",
    "haulage": "carrier",
    "plant": "plant",
    "shop": "retailer",
    "other-shop": "retailer",
    "stranger": "distributor",
    "laboratory": "laboratory",
}
ITEM = "https://id.gs1.org/01/09521600000104"
UNIT = "https://id.gs1.org/00/095216000000000012"
OTHER_UNIT = "https://id.gs1.org/00/095216000000000029"
_START = datetime.fromisoformat("2026-03-02T08:00:00+08:00")


def own(word, name):
    """Return an identifier that a party may bring into being."""
    return f"https://{HOST}/id/{name.partition('/')[0]}/{word}/{name.partition('/')[2]}"


def animal(number, word="herd"):
    return f"https://{HOST}/id/animal/{word}/{number}"


def party(word):
    return f"https://{HOST}/id/party/{word}"


def place(word):
    return f"https://{HOST}/id/place/{word}"


def serial(number):
    return f"{ITEM}/21/{number}"


def lot(word):
    return f"{ITEM}/10/{word}"


def kg(name, quantity, uom="KGM"):
    return {"epcClass": name, "quantity": Decimal(quantity), "uom": uom}


def pieces(name, count):
    return {"epcClass": name, "quantity": count, "uom": "H87"}


def readings(**values):
    """Return what was measured: percent, but milk in kilograms."""
    reports = [
        {
            "type": "Dimensionless",
            "component": f"caravan:{name}",
            "uom": "KGM" if name == "milk" else "P1",
            "value": Decimal(value),
        }
        for name, value in values.items()
    ]
    return [{"sensorReport": reports}]


class Told:
    """A ledger that is written here."""

    def __init__(self):
        forge = Forge()
        forge.genesis()
        for word, kind in KINDS.items():
            kinds = ("animal", "milk", "tank", "load", "powder", "tag")
            own_prefixes = [f"https://{HOST}/id/{each}/{word}" for each in kinds]
            is_plant = word == "plant"
            forge.admit(
                party(word),
                kind=kind,
                places=[place(word)],
                prefixes=own_prefixes + ([ITEM, UNIT, OTHER_UNIT] if is_plant else []),
            )
        self.auditor = Auditor(Records(), origin=ORIGIN, templates=builtin_templates())
        for index, entry in enumerate(forge.entries):
            self.auditor.take(index, entry)
        self.index = len(forge.entries)

    def say(self, by, step, hour, **members):
        """Tell of an event, so many hours after the start; return its entry.

        It is recorded when it happens, with the party's only key, unless ``recorded``
        says at which hour and ``key`` with which.
        """
        recorded = members.pop("recorded", hour)
        key = members.pop("key", "app")
        word, _, disposition = step.partition(":")
        signers = by if isinstance(by, tuple) else (by,)
        at = _START + timedelta(hours=hour)
        body = {
            "type": _type(members),
            "eventID": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, str(self.index))}",
            "eventTime": at.isoformat(),
            "eventTimeZoneOffset": "+08:00",
            "bizStep": word,
            "readPoint": {"id": place(signers[0])},
        }
        if body["type"] != "TransformationEvent":
            body["action"] = "OBSERVE"
        if disposition:
            body["disposition"] = disposition
        body |= {name.replace("__", ":"): value for name, value in members.items()}
        if "place" in body:
            body["readPoint"] = {"id": place(body.pop("place"))}
        logged_at = _START + timedelta(hours=recorded)
        logged_us = int(logged_at.timestamp()) * 1_000_000
        self.auditor.put(
            read_record(
                body,
                index=self.index,
                parties=tuple(party(each) for each in signers),
                key=f"{HOST}/{signers[0]}/{key}+00000000",
                is_importer=False,
                logged_us=logged_us,
                directory=self.auditor.directory,
            )
        )
        self.auditor.until_us = max(self.auditor.until_us, logged_us)
        self.index += 1
        return self.index - 1

    def made(self, by, process, hour, inputs, outputs, **members):
        """Tell of a transformation; things without a quantity are single ones."""
        sides = {
            "inputEPCList": [each for each in inputs if isinstance(each, str)],
            "inputQuantityList": [each for each in inputs if isinstance(each, dict)],
            "outputEPCList": [each for each in outputs if isinstance(each, str)],
            "outputQuantityList": [each for each in outputs if isinstance(each, dict)],
        }
        steps = {"receiving": "receiving:in_progress", "packing": "commissioning"}
        steps |= {"pasteurising": "other", "loading": "loading"}
        return self.say(
            by,
            steps.get(process, "creating_class_instance:in_progress"),
            hour,
            caravan__process=process,
            **{name: side for name, side in sides.items() if side},
            **members,
        )

    def milked(self, name, quantity, hour=0, by="herd", **members):
        """Tell of a milking of one animal that is registered; return the lot."""
        milk = own(by, f"milk/{name}")
        self.made(
            by,
            "milking",
            hour,
            [animal(1, by)],
            [kg(milk, quantity)],
            **{"caravan__species": "camel"} | members,
        )
        return milk

    def registered(self, *numbers, by="herd", hour=-1000):
        """Enter animals in the herd book."""
        return self.say(
            by,
            "commissioning:active",
            hour,
            action="ADD",
            epcList=[animal(number, by) for number in numbers],
            ilmd={"caravan:species": "camel", "caravan:breed": "Bactrian"},
        )

    def passes(self, hours):
        """Let time go by: somebody says something that has to do with nothing."""
        self.say("stranger", "other", hours, epcList=[party("stranger")])

    def found(self, *rule_ids):
        """Return the findings of these rules."""
        self.auditor.run()
        return [f for f in self.auditor.records.findings() if f.rule_id in rule_ids]

    def rules(self, family):
        """Return the rules of a family that something was found of."""
        self.auditor.run()
        found = [f for f in self.auditor.records.findings() if f.rule.family == family]
        assert all(f.rule.blanks <= f.values.keys() for f in found)
        return sorted({f.rule_id for f in found})


def _type(members):
    if any(name.startswith(("input", "output")) for name in members):
        return "TransformationEvent"
    return "AggregationEvent" if "parentID" in members else "ObjectEvent"
