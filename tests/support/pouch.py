"""A ledger in memory of one pouch, from the animal to the pallet, and of strangers.

Whoever may speak of what is laid out so that each rule of standing and of the closure
has a statement that it lets through and one that it does not.
"""

from ledger.identifier import GS1, check_digit
from tests.support.forge import ANIMAL, HOST, Forge, signer


def _checked(digits):
    return digits + check_digit(digits)


FARM = f"https://{HOST}/id/party/farm"
PLANT = f"https://{HOST}/id/party/plant"
CARRIER = f"https://{HOST}/id/party/carrier"
SHOP = f"https://{HOST}/id/party/shop"
LAB = f"https://{HOST}/id/party/lab"
OFFICE = f"https://{HOST}/id/party/office"
STRANGER = f"https://{HOST}/id/party/stranger"

ITEM = f"{GS1}01/" + _checked("0952100000001")
LOT = f"{ITEM}/10/L1"
OTHER_LOT = f"{ITEM}/10/L2"
POUCH = f"{ITEM}/21/1"
OTHER_POUCH = f"{ITEM}/21/2"
FOREIGN_ITEM = f"{GS1}01/" + _checked("0952100000002")
FOREIGN_LOT = f"{FOREIGN_ITEM}/10/L1"
CARTON = f"{GS1}00/" + _checked("09521000000000001")
PALLET = f"{GS1}00/" + _checked("09521000000000002")
POWDER = f"https://{HOST}/id/plant/powder/1"
TANK = f"https://{HOST}/id/plant/tank/1"
OTHER_TANK = f"https://{HOST}/id/plant/tank/0"
MILK = f"https://{HOST}/id/farm/milk/1"
FOREIGN_MILK = f"https://{HOST}/id/stranger/milk/1"
DRYING = f"https://{HOST}/id/plant/drying/1"

STEPS = [
    ["arriving", None],
    ["commissioning", None],
    ["departing", None],
    ["inspecting", None],
    ["inspecting", "damaged"],
    ["inspecting", "inactive"],
    ["inspecting", "non_conformant"],
    ["inspecting", "recalled"],
    ["inspecting", "sellable_accessible"],
    ["packing", None],
    ["shipping", None],
]
WORDS = ["available", "damaged", "inactive", "non_conformant", "recalled"]
PLACES = {
    PLANT: [f"https://{HOST}/id/place/plant"],
    SHOP: [f"https://{HOST}/id/place/shop"],
}
PREFIXES = {
    FARM: [f"https://{HOST}/id/animal/spring", f"https://{HOST}/id/farm"],
    PLANT: [ITEM, FOREIGN_ITEM, f"{GS1}00", f"https://{HOST}/id/plant"],
    STRANGER: [f"https://{HOST}/id/stranger"],
}
KINDS = {OFFICE: "authority", LAB: "laboratory"}
DECLARED = {"errorDeclaration": {"declarationTime": "2026-06-12T09:00:00+08:00"}}


def key_of(party):
    """Return the one key of a party."""
    return signer(f"{HOST}/{party.rpartition('/')[2]}")


def classes(*names):
    """Return a quantity list."""
    return [{"epcClass": name} for name in names]


class Goods(Forge):
    """A forge with parties that are admitted when they first speak."""

    def __init__(self):
        super().__init__()
        self.genesis()
        self.seal()
        self.told = {}
        """What was said, by index."""

    def join(self, party, **members):
        """Admit a party, and bind its key."""
        self.become(party, **members)
        self.authorize(key_of(party), party)

    def become(self, party, **members):
        """Admit a party as what it is, or as something else."""
        said = {
            "kind": KINDS.get(party, "company"),
            "places": PLACES.get(party, []),
            "prefixes": PREFIXES.get(party, []),
            "rights": {"persistent": WORDS, "steps": STEPS},
        }
        return self.admit(party, **said | members)

    def say(self, party, *others, **members):
        """Append an event of a party, attested by others; return its index."""
        for each in (party, *others):
            if each not in self.names:
                self.join(each)
        number = members.pop("number", len(self.told) + 1)
        signers = members.pop("keys", [key_of(each) for each in (party, *others)])
        time = f"2026-06-12T07:{number:02d}:00+08:00"
        body = {"epcList": None, "bizStep": "inspecting", "eventTime": time} | members
        index = self.event(number, *signers, **body)
        self.told[index] = (number, body)
        return index

    def create(self, party, *names, **members):
        """Say that a party brought things into being."""
        said = {"action": "ADD", "bizStep": "commissioning", "epcList": [*names]}
        return self.say(party, **said | members)

    def pack(self, party=PLANT, serials=(POUCH,), lots=(LOT,), **members):
        """Say that serials of lots came into being."""
        said = {"quantityList": classes(*lots)}
        return self.create(party, *serials, **said | members)

    def make(self, party, inputs, outputs, *others, **members):
        """Say that a party made things of things."""
        said = {
            "type": "TransformationEvent",
            "action": None,
            "bizStep": "commissioning",
            "inputQuantityList": classes(*inputs) if inputs else None,
            "outputQuantityList": classes(*outputs) if outputs else None,
        }
        return self.say(party, *others, **said | members)

    def put(self, party, parent, *children, **members):
        """Say that a party put things into a parent."""
        said = {
            "type": "AggregationEvent",
            "action": "ADD",
            "bizStep": "packing",
            "parentID": parent,
            "childEPCs": [*children],
        }
        return self.say(party, **said | members)

    def ship(self, party, subject, destination, **members):
        """Say that something is sent to somebody."""
        to = [{"destination": destination, "type": "possessing_party"}]
        said = {"bizStep": "shipping", "epcList": [subject], "destinationList": to}
        return self.say(party, **said | members)

    def alarm(self, party, subject, word="recalled", **members):
        """Say that something is wrong with a subject."""
        said = {"epcList": [subject], "disposition": word}
        return self.say(party, **said | members)

    def lift(self, party, subject, word="recalled", **members):
        """Say that it is not so any more."""
        said = {"persistentDisposition": {"unset": [word]}}
        return self.say(party, epcList=[subject], **said | members)

    def in_error(self, party, index):
        """Declare an event of a party in error."""
        number, members = self.told[index]
        return self.say(party, number=number, **members | DECLARED)


def packed(goods=None):
    """Return a ledger of a trade item and one pouch of a lot; nothing is closed."""
    goods = goods or Goods()
    goods.create(PLANT, ITEM)
    goods.pack()
    return goods


def made(goods=None):
    """Return a ledger of a pouch and all that it came of, four levels; not closed."""
    goods = goods or Goods()
    goods.create(FARM, ANIMAL)
    goods.make(FARM, [], [MILK], inputEPCList=[ANIMAL])
    goods.ship(FARM, MILK, PLANT, epcList=None, quantityList=classes(MILK))
    goods.make(PLANT, [MILK], [TANK])
    goods.make(PLANT, [TANK], [], transformationID=DRYING)
    goods.make(PLANT, [], [POWDER], transformationID=DRYING)
    goods.create(PLANT, ITEM)
    goods.make(PLANT, [POWDER], [LOT], outputEPCList=[POUCH])
    return goods


def boxed(goods):
    """Put the pouch into a carton, and that onto a pallet."""
    goods.create(PLANT, CARTON, PALLET)
    goods.put(PLANT, CARTON, POUCH)
    goods.put(PLANT, PALLET, CARTON)
    return goods
