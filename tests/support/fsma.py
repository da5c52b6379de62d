"""An audit of a chain that others wrote: vegetables under the FDA's traceability rule.

Each document is taken as signed by whose it is, and posted when it was made; what has
no ``eventID`` gets one. Nothing else is changed: what is wrong with it is theirs.
"""

import functools
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from ledger.audit.auditor import Auditor
from ledger.audit.record import read_record
from ledger.audit.records import Records
from ledger.template import builtin_templates
from tests.support.forge import HOST, ORIGIN, Forge

FOLDER = Path(__file__).parent.parent / "vectors" / "foreign" / "fsma204"
_GS1 = "https://id.gs1.org"
_PARTIES = {
    "harvest": ("farm", "0860009999060", ["01/00860009999923"]),
    "shipping": ("packer", "0860009999992", ["01/10860009999920"]),
    "receiving": ("store", "0860009998001", []),
    "transformation": ("kitchen", "0860009998018", ["01/10860009998039"]),
}
_MONTH_US = 30 * 86_400_000_000
"""So long after the last document the audit is made: what is not there is missing."""
_UNIT = "00/008600099999850000"


@functools.cache
def audited_chain():
    """Return the auditor of the four documents, after its audit, and their events."""
    forge = Forge()
    forge.genesis()
    for word, place, prefixes in _PARTIES.values():
        own = [f"{_GS1}/{prefix}" for prefix in prefixes]
        forge.admit(
            _party(word),
            places=[f"{_GS1}/414/{place}"],
            prefixes=[*own, *([f"{_GS1}/{_UNIT}"] if word == "packer" else [])],
        )
    auditor = Auditor(Records(), origin=ORIGIN, templates=builtin_templates())
    index = 0
    for entry in forge.entries:
        auditor.take(index, entry)
        index += 1
    events = {}
    for document, (word, _, _) in _PARTIES.items():
        text = (FOLDER / f"{document}-cte.jsonld").read_text()
        told = json.loads(text, parse_float=Decimal)
        logged_us = _microseconds(told["creationDate"])
        for number, body in enumerate(told["epcisBody"]["eventList"]):
            name = f"{document}/{number}"
            made = uuid.uuid5(uuid.NAMESPACE_URL, name)
            auditor.put(
                read_record(
                    {"eventID": f"urn:uuid:{made}"} | body,
                    index=index,
                    parties=(_party(word),),
                    key=f"{HOST}/{word}/office+00000000",
                    is_importer=False,
                    logged_us=logged_us,
                    directory=auditor.directory,
                )
            )
            events[index] = name
            auditor.until_us = max(auditor.until_us, logged_us)
            index += 1
    auditor.until_us += _MONTH_US
    auditor.run()
    return auditor, events


def _party(word):
    return f"https://{HOST}/id/party/{word}"


def _microseconds(time):
    return int(datetime.fromisoformat(time).timestamp()) * 1_000_000


@dataclass(frozen=True)
class Fault:
    """Something that is wrong with the chain.

    Attributes:
        sentence: What it is.
        rules: Those that name it.
        events: In which it shows.
    """

    sentence: str
    rules: frozenset
    events: frozenset


FAULTS = (
    Fault(
        "two parties tell of one event, of 250 and of 25,000 pounds",
        frozenset({"event-told-differently", "used-without-handover"}),
        frozenset({"shipping/0", "receiving/0"}),
    ),
    Fault(
        "the kitchen used the lot of the pallet, which nobody handed over to it",
        frozenset({"used-without-handover"}),
        frozenset({"transformation/0"}),
    ),
    Fault(
        "25 cases of a lot were put on the pallet, and 500 were received",
        frozenset({"parcel-differs"}),
        frozenset({"receiving/1"}),
    ),
    Fault(
        "a second lot was put on the pallet, and nobody received it",
        frozenset({"parcel-differs"}),
        frozenset({"shipping/1"}),
    ),
    Fault(
        "nobody made that second lot",
        frozenset({"packed-from-nowhere"}),
        frozenset({"shipping/1"}),
    ),
    Fault(
        "the kitchen used a lot that nobody made or delivered",
        frozenset({"used-not-made"}),
        frozenset({"transformation/0"}),
    ),
    Fault(
        "the receipt was recorded before it happened",
        frozenset({"told-before-it-happened"}),
        frozenset({"receiving/1"}),
    ),
    Fault(
        "CS is no unit of Recommendation 20 that the ledger admits",
        frozenset({"quantity-unclear"}),
        frozenset({"shipping/0", "shipping/1", "receiving/1", "transformation/0"}),
    ),
)
