"""Lies about what there is: steps 8, 9 and 12."""

from ledger.completeness import (
    EMPTY_INDEX_ROOT,
    list_next,
    list_start,
    subject_key,
)
from ledger.encoding import encode_base64
from ledger.identifier import GS1, check_digit
from tests.support.forge import ORIGIN
from tests.support.lies.told import Lie, Story, story
from tests.support.pouch import (
    CARTON,
    DRYING,
    ITEM,
    LOT,
    OTHER_POUCH,
    OTHER_TANK,
    PLANT,
    POUCH,
    POWDER,
    TANK,
    key_of,
)

RECALLED = {"pouch": POUCH, "lot": LOT, "item": ITEM, "carton": CARTON, "tank": TANK}
WORDS = {
    "pouch": "of the pouch",
    "lot": "of its lot",
    "item": "of its trade item",
    "carton": "of the carton it is in",
    "tank": "of the tank it came from",
}


def _alarms(name):
    return f"{name}#alarm"


def _drop_statement(name):
    """Return a teller that does not give the recall."""

    def tell():
        true = story(name)
        return true.serve(without=[true.at["recall"]])

    return tell


def _shorten(name):
    """Return a teller that does not list it either."""

    def tell():
        true = story(name)
        hidden = true.at["recall"]
        short = {
            each: [i for i in true.index.indices(each) if i != hidden]
            for each in (name, _alarms(name))
        }
        return true.serve(without=[hidden], lists=short)

    return tell


def _drop_lists(*names):
    """Return a teller that gives no list of these, nor what is on no other."""

    def tell():
        true = story(*[name for name in names if name in RECALLED.values()])
        gone = [each for name in names for each in (name, _alarms(name))]
        return true.serve(names=true.closure(*gone))

    return tell


def _old_proof():
    """The lists and their proof as they were before the recall, under today's root."""
    before = Story().begin()
    names = before.closure()
    lists, proof = before.index.prove_lists(names)
    true = story()
    later = range(true.at["sold"] + 1, len(true.entries) - 1)
    return true.serve(names=names, lists=lists, proof=proof, without=later)


def _absent_alarms():
    """The tank open, and its list of alarms said to be empty."""
    true = story()
    names = true.closure(TANK)
    inputs = [true.at["recall"]]
    return true.serve(names=names, lists={_alarms(TANK): []}, without=inputs)


def _list_of_another_tank():
    true = story()
    others = true.index.indices(OTHER_TANK)
    names = true.closure(_alarms(TANK), also=[OTHER_TANK])
    hidden = [true.at["recall"]]
    return true.serve(names=names, lists={TANK: others}, without=hidden)


def _proof_of_another_tank():
    """The true leaf of another tank, in the place of this one's."""
    true = story()
    hidden = true.at["recall"]
    names = true.closure(_alarms(TANK))
    others = [OTHER_TANK if name == TANK else name for name in names]
    _, proof = true.index.prove_lists(others)
    short = [i for i in true.index.indices(TANK) if i != hidden]
    return true.serve(names=names, lists={TANK: short}, proof=proof, without=[hidden])


def _deny():
    """No list, no statements: as if nobody had ever spoken of the pouch."""
    true = story()
    names = ["registrar", POUCH]
    hidden = true.index.indices(POUCH)
    return true.serve(names=names, lists={POUCH: []}, without=hidden)


def _deny_by_absence():
    """The same, with the proof that another pouch is not there."""
    true = story()
    nobody = f"{ITEM}/21/9"
    _, proof = true.index.prove_lists(["registrar", nobody])
    hidden = true.index.indices(POUCH)
    return true.serve(
        names=["registrar"], lists={POUCH: []}, proof=proof, without=hidden
    )


def _deny_with_own_leaf():
    """No list of the pouch, and the pouch's own leaf as proof that there is none."""
    true = story()
    names = ["registrar", POUCH]
    hidden = true.index.indices(POUCH)
    key = subject_key(ORIGIN, POUCH)
    chain = list_start(key)
    for index in hidden:
        chain = list_next(chain, index)
    leaf = [encode_base64(key), len(hidden), encode_base64(chain)]
    _, proof = true.index.prove_lists(names)
    at = [place for place, token in enumerate(proof) if token == "."]
    is_first = key < subject_key(ORIGIN, "registrar")
    proof[at[0] if is_first else at[1]] = leaf
    return true.serve(names=names, lists={POUCH: []}, proof=proof, without=hidden)


def _seal_no_index():
    """A seal that says that nothing is listed at all, and no proof."""
    true = Story().begin().recall()
    true.seal(index_root=EMPTY_INDEX_ROOT)
    hidden = true.at["recall"]
    names = true.closure(_alarms(TANK))
    short = [i for i in true.index.indices(TANK) if i != hidden]
    return true.serve(names=names, lists={TANK: short}, proof=[], without=[hidden])


def _list_without_a_leaf():
    """A list that the index does not have, behind the leaf of another.

    The ledger lists the word about a second carton under the first one alone, and the
    hash of the second leads to where the first one's leaf is.
    """
    true = Story().begin()
    word = len(true.entries)
    other = next(name for name in _cartons() if _shares_a_leaf(true, name))
    body = {"epcList": [CARTON, other]}
    true.add(true.event_entry(59, key_of(PLANT), **body), [CARTON])
    true.recall().end()
    names = true.closure()
    return true.serve(names=[*names, other], lists={other: [word]})


def _cartons():
    """Yield names that come after the carton's."""
    for number in range(2, 2_000):
        digits = f"{9_521_000_000_000_001 + number:017d}"
        yield f"{GS1}00/{digits}{check_digit(digits)}"


def _shares_a_leaf(true, name):
    """Tell whether the proof for a name that is not there ends at the carton's leaf."""
    own, other = subject_key(ORIGIN, CARTON), subject_key(ORIGIN, name)
    proofs = [true.index.prove_lists(n)[1] for n in ([CARTON], [CARTON, name])]
    return own < other and proofs[0] == proofs[1]


def _foreign(name):
    """Return a ledger that lists something under a subject it is not about."""

    def tell():
        true = Story().begin()
        entry = true.event_entry(62, key_of(PLANT), epcList=[OTHER_POUCH])
        true.add(entry, [OTHER_POUCH, name])
        true.recall().end()
        return true.serve(names=true.closure(also=[OTHER_POUCH]))

    return tell


def _smuggle():
    true = story()
    return true.serve(also=[true.at["other"]])


def _unlist(alarm_only):
    """Return a ledger that does not list the recall where it belongs."""

    def tell():
        true = Story().begin()
        body = {"epcList": [TANK], "disposition": "recalled"}
        entry = true.event_entry(62, key_of(PLANT), **body)
        true.add(entry, [TANK] if alarm_only else [_alarms(TANK)])
        true.end()
        return true.serve(names=true.closure(also=[_alarms(TANK)]))

    return tell


def _list_the_future():
    true = Story().begin().recall()
    true.index.append(POUCH, 999)
    true.end()
    return true.serve(without=[999])


def _short_of_tokens():
    true = story()
    names = true.closure()
    _, proof = true.index.prove_lists(names)
    return true.serve(names=names, proof=proof[:-1])


def _hide_mistake(how):
    """Return a teller that hides that the plant took its mistake back."""

    def tell():
        true = story()
        hidden = true.at["taken-back"]
        lists = {
            each: [i for i in true.index.indices(each) if i != hidden]
            for each in (POUCH, _alarms(POUCH))
        }
        short = {"lists": lists} if how == "short" else {}
        return true.serve(without=[hidden], **short)

    return tell


def _hide_original():
    true = story()
    return true.serve(without=[true.at["mistake"]])


def _hide_transformation():
    """The drying in two parts, of which the one that names the tank is not given."""
    true = story()
    hidden = true.at["inputs"]
    short = [i for i in true.index.indices(DRYING) if i != hidden]
    names = true.closure(TANK, _alarms(TANK))
    return true.serve(names=names, lists={DRYING: short}, without=[hidden])


LIES = (
    *(
        Lie(
            f"hides-the-recall-{WORDS[word].replace(' ', '-')}",
            f"does not give the recall {WORDS[word]}",
            8,
            "incomplete",
            _drop_statement(name),
        )
        for word, name in RECALLED.items()
    ),
    *(
        Lie(
            f"shortens-the-list-{WORDS[word].replace(' ', '-')}",
            f"gives neither the recall {WORDS[word]} nor its place on the lists",
            9,
            "incomplete",
            _shorten(name),
        )
        for word, name in RECALLED.items()
    ),
    Lie(
        "gives-no-list-of-its-lot",
        "gives no list of the lot, which is recalled",
        12,
        "incomplete",
        _drop_lists(LOT),
    ),
    Lie(
        "gives-no-list-of-its-trade-item",
        "gives no list of the trade item, which is recalled",
        12,
        "incomplete",
        _drop_lists(ITEM),
    ),
    Lie(
        "gives-no-list-of-the-carton",
        "gives no list of the carton, which is recalled",
        12,
        "incomplete",
        _drop_lists(CARTON),
    ),
    Lie(
        "gives-no-list-of-the-tank",
        "gives no list of the tank, which is recalled, nor of its alarms",
        12,
        "incomplete",
        _drop_lists(TANK),
    ),
    Lie(
        "gives-no-list-of-the-powder",
        "gives no list of the powder, so that nothing leads to the tank",
        12,
        "incomplete",
        _drop_lists(POWDER),
    ),
    Lie(
        "gives-no-list-of-the-drying",
        "gives no list of the transformation, of which one part names the tank",
        12,
        "incomplete",
        _drop_lists(DRYING, TANK),
    ),
    Lie(
        "leaves-out-what-leads-to-the-tank",
        "gives the drying without the part that names the tank, and a shorter list",
        9,
        "incomplete",
        _hide_transformation,
    ),
    Lie(
        "opens-the-tank-without-alarms",
        "says that only the alarms of the tank are known, and that there are none",
        9,
        "incomplete",
        _absent_alarms,
    ),
    Lie(
        "gives-another-tank-s-list",
        "gives the list of another tank as that of this one",
        8,
        "incomplete",
        _list_of_another_tank,
    ),
    Lie(
        "gives-another-tank-s-proof",
        "proves the list of another tank in the place of this one's",
        9,
        "proof-shape",
        _proof_of_another_tank,
    ),
    Lie(
        "proves-the-lists-of-before",
        "gives the lists, and their proof, as they were before the recall",
        9,
        "incomplete",
        _old_proof,
    ),
    Lie(
        "gives-a-proof-that-ends-early",
        "gives the proof of the lists without its end",
        9,
        "proof-shape",
        _short_of_tokens,
    ),
    Lie(
        "denies-that-the-pouch-exists",
        "gives nothing about the pouch, and an empty list",
        9,
        "incomplete",
        _deny,
    ),
    Lie(
        "proves-that-another-pouch-does-not-exist",
        "gives an empty list, and the proof that a pouch never packed has one",
        9,
        "proof-shape",
        _deny_by_absence,
    ),
    Lie(
        "denies-the-pouch-with-its-own-list",
        "gives the list of the pouch as proof that there is none",
        9,
        "incomplete",
        _deny_with_own_leaf,
    ),
    Lie(
        "gives-a-list-that-is-not-in-the-index",
        "gives a list that he has not sealed behind the leaf of another",
        9,
        "incomplete",
        _list_without_a_leaf,
    ),
    Lie(
        "seals-that-nothing-is-listed",
        "seals that nothing is listed at all, and proves nothing",
        9,
        "incomplete",
        _seal_no_index,
    ),
    Lie(
        "hides-an-error-declaration",
        "does not say that the plant took a mistake back",
        8,
        "incomplete",
        _hide_mistake("statement"),
    ),
    Lie(
        "hides-an-error-declaration-and-its-place",
        "does not say so, and makes the lists shorter",
        9,
        "incomplete",
        _hide_mistake("short"),
    ),
    Lie(
        "hides-what-was-taken-back",
        "does not give the mistake that the plant took back",
        8,
        "incomplete",
        _hide_original,
    ),
    Lie(
        "lists-a-foreign-entry-under-the-pouch",
        "lists under the pouch what was said of another one",
        8,
        "incomplete",
        _foreign(POUCH),
    ),
    Lie(
        "lists-what-is-not-there",
        "lists under the pouch an entry that the ledger does not have",
        8,
        "incomplete",
        _list_the_future,
    ),
    Lie(
        "does-not-list-the-recall-as-an-alarm",
        "lists the recall under the tank, and not among its alarms",
        8,
        "incomplete",
        _unlist(alarm_only=True),
    ),
    Lie(
        "does-not-list-the-recall-under-the-tank",
        "lists the recall among the alarms, and not under the tank",
        8,
        "incomplete",
        _unlist(alarm_only=False),
    ),
    Lie(
        "smuggles-a-statement-in",
        "gives a statement that is about nothing listed",
        8,
        "not-verified",
        _smuggle,
    ),
)
