"""Lies about the code that was scanned: step 11."""

from tests.support.lies.listing import _alarms
from tests.support.lies.told import Lie, Story, story
from tests.support.pouch import (
    ITEM,
    OTHER_LOT,
    OTHER_TANK,
    PLANT,
    POUCH,
    TANK,
)


def _unlisted_code():
    true = story()
    return true.serve(names=["registrar", PLANT])


def _packed_elsewhere(**question):
    def tell():
        return story().serve(question=question)

    return tell


def _packed_twice():
    """The plant and the operator together: a second packing, in a clean lot."""
    true = Story().begin()
    true.pack(serials=(POUCH,), lots=(OTHER_LOT,))
    true.recall().end()
    return true.serve(names=true.closure(also=[OTHER_LOT, OTHER_TANK]))


def _never_packed():
    true = story()
    nobody = f"{ITEM}/21/9"
    names = ["registrar", nobody]
    return true.serve(subject=nobody, names=names, question={"subject": nobody})


def _packed_by_nobody():
    """A serial that somebody saw, and nobody packed."""
    true = story()
    nobody = f"{ITEM}/21/9"
    true.create(PLANT, nobody)
    true.seal()
    names = ["registrar", PLANT, nobody]
    return true.serve(subject=nobody, names=names, question={"subject": nobody})


def _never_a_lot():
    true = story()
    lot = f"{ITEM}/10/L9"
    names = ["registrar", lot]
    return true.serve(subject=lot, names=names, question={"subject": lot})


def _alarms_as_code():
    """The passport of the name of a list."""
    true = story()
    name = _alarms(TANK)
    return true.serve(subject=name, question={"subject": name})


LIES = (
    Lie(
        "gives-no-list-of-the-pouch",
        "gives no list of the pouch at all",
        11,
        "incomplete",
        _unlisted_code,
    ),
    Lie(
        "answers-for-another-lot-than-scanned",
        "prints a clean lot on the pouch",
        11,
        "not-packed",
        _packed_elsewhere(lot=OTHER_LOT),
    ),
    Lie(
        "packs-the-pouch-a-second-time",
        "logs that the plant, who lies with him, packed it in a clean lot, too",
        11,
        "not-packed",
        _packed_twice,
    ),
    Lie(
        "prints-a-serial-that-was-never-packed",
        "prints a serial of which the ledger has nothing",
        11,
        "not-packed",
        _never_packed,
    ),
    Lie(
        "prints-a-serial-without-a-lot",
        "prints a serial that came into being in no lot",
        11,
        "not-packed",
        _packed_by_nobody,
    ),
    Lie(
        "prints-a-lot-that-never-was",
        "prints a lot of which the ledger has nothing",
        11,
        "not-found",
        _never_a_lot,
    ),
    Lie(
        "answers-with-the-name-of-a-list",
        "gives a list of alarms as if it were a thing",
        11,
        "not-found",
        _alarms_as_code,
    ),
)
