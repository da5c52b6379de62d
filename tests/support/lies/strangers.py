"""Lies of those who have no say, in the ledger and not believed: step 16."""

from tests.support.lies.told import (
    MISTAKE,
    Lie,
    Story,
    story,
)
from tests.support.pouch import (
    DECLARED,
    LAB,
    LOT,
    OTHER_LOT,
    PLANT,
    POUCH,
    STRANGER,
    TANK,
)


def _strange(do, **lies):
    """Return a teller of the story and then a stranger's word."""

    def tell():
        true = story()
        do(true)
        true.seal()
        return true.serve(names=true.closure(also=[STRANGER]), **lies)

    return tell


def _take_back(true):
    number, said = true.told[true.at["recall"]]
    true.say(STRANGER, number=number, **said)
    true.say(STRANGER, number=number, **said | DECLARED)


def _lend_a_prefix(true):
    """Give a stranger the tank's own prefix, once the plant has it no more."""
    true.become(PLANT, prefixes=[])
    true.join(STRANGER, prefixes=[TANK])
    true.lift(STRANGER, TANK)
    return [STRANGER]


def _lift_early():
    """The lift stands before the recall: it cannot be of it."""
    true = Story().begin()
    true.lift(PLANT, TANK)
    true.recall().end()
    return true.serve()


def _lift_in_error():
    true = story()
    lift = true.lift(PLANT, TANK)
    true.in_error(PLANT, lift)
    true.seal()
    return true.serve()


def _pack_in_error():
    """The plant packs the pouch in a clean lot, and takes that back."""
    true = Story().begin()
    packing = true.pack(serials=(POUCH,), lots=(OTHER_LOT,))
    true.in_error(PLANT, packing)
    true.recall().end()
    return true.serve()


def _late():
    """A word of the laboratory that came two days late."""
    true = story()
    true.say(LAB, epcList=[POUCH], eventTime="2026-06-09T07:00:00+08:00")
    true.seal()
    return true.serve()


LIES = (
    Lie(
        "has-a-stranger-lift-the-recall",
        "logs a lift of the recall by a party that has no say about the tank",
        16,
        "alarm",
        _strange(lambda true: true.lift(STRANGER, TANK)),
        apart=1,
    ),
    Lie(
        "has-the-laboratory-lift-the-recall",
        "logs a lift of the recall by one that attests, and did not make the tank",
        16,
        "alarm",
        _strange(lambda true: true.lift(LAB, TANK)),
        apart=1,
    ),
    Lie(
        "has-a-stranger-take-the-recall-back",
        "logs that a stranger repeats the recall, and declares that an error",
        16,
        "alarm",
        _strange(_take_back),
        apart=2,
    ),
    Lie(
        "lends-a-stranger-the-tank-s-prefix",
        "admits, with the registrar, a stranger who lifts the recall",
        16,
        "alarm",
        _strange(_lend_a_prefix),
        apart=1,
    ),
    Lie(
        "has-a-stranger-pack-the-pouch-elsewhere",
        "logs that a stranger packed the pouch in a clean lot",
        16,
        "alarm",
        _strange(lambda true: true.pack(STRANGER, (POUCH,), (OTHER_LOT,))),
        apart=1,
    ),
    Lie(
        "has-a-stranger-release-the-pouch",
        "logs that a stranger released the pouch for sale",
        16,
        "alarm",
        _strange(
            lambda true: true.say(
                STRANGER, epcList=[POUCH], disposition="sellable_accessible"
            )
        ),
        apart=1,
    ),
    Lie(
        "has-the-laboratory-release-the-pouch",
        "logs that one who attested, and made nothing, released the pouch for sale",
        16,
        "alarm",
        _strange(
            lambda true: true.say(
                LAB, epcList=[POUCH], disposition="sellable_accessible"
            )
        ),
        apart=1,
    ),
    Lie(
        "has-a-stranger-recall-the-lot",
        "drowns the recall in another, by a stranger, that counts for nothing",
        16,
        "alarm",
        _strange(lambda true: true.alarm(STRANGER, LOT)),
        apart=1,
    ),
    Lie(
        "has-a-stranger-damage-the-pouch",
        "drowns the recall in a stranger's word that the pouch is damaged",
        16,
        "alarm",
        _strange(lambda true: true.alarm(STRANGER, POUCH, MISTAKE)),
        apart=1,
    ),
    Lie(
        "lifts-the-recall-before-it",
        "logs a lift before the recall",
        16,
        "alarm",
        _lift_early,
    ),
    Lie(
        "lifts-the-recall-in-error",
        "logs a lift that the plant then took back",
        16,
        "alarm",
        _lift_in_error,
    ),
    Lie(
        "packs-the-pouch-elsewhere-in-error",
        "logs a packing in a clean lot that the plant then took back",
        16,
        "alarm",
        _pack_in_error,
    ),
    Lie(
        "calls-a-late-word-on-time",
        "logs a word two days late, and says nothing of that",
        16,
        "alarm",
        _late,
    ),
)
