"""Lies about the document and what it stands under: steps 1 to 5."""

import json

from ledger.encoding import canonical, parse_canonical
from ledger.note import parse_note
from ledger.passport import parse_passport
from tests.support.forge import ORIGIN, flipped, policy_text, signer
from tests.support.lies.told import Lie, Told, story
from tests.support.pouch import ITEM, OTHER_LOT, OTHER_POUCH, OTHER_TANK, PLANT, TANK

OTHER_ORIGIN = "oasis.example/milk-0badcafe"
THIEF = signer(ORIGIN, "a ledger key of the liar's own")


def respelled(change):
    """Return a teller that changes the members of an honest document."""

    def tell():
        true = story()
        members = parse_canonical(true.serve().passport)
        change(members, true)
        return Told(canonical(members), true.now_ms)

    return tell


def _entry(members, index):
    return next(pair for pair in members["entries"] if pair[0] == index)


def _of_another_code():
    true = story()
    near = [OTHER_POUCH, OTHER_LOT, ITEM, OTHER_TANK, PLANT, "registrar"]
    return true.serve(subject=OTHER_POUCH, names=near)


def _about_another_code():
    """The clean passport of another pouch, under this one's name."""
    told = _of_another_code()
    members = parse_canonical(told.passport)
    return Told(canonical(members | {"subject": told.subject}), told.now_ms)


def _twice(members, true):
    place = members["entries"].index(_entry(members, true.at["packed"]))
    members["entries"].insert(place, members["entries"][place])


def _reorder(members, true):
    one, other = (_entry(members, true.at[name]) for name in ("recall", "taken-back"))
    pairs = members["entries"]
    here, there = pairs.index(one), pairs.index(other)
    pairs[here], pairs[there] = other, one


def _exchange(members, true):
    one, other = (_entry(members, true.at[name]) for name in ("recall", "taken-back"))
    one[1], other[1] = other[1], one[1]


def _omit(members, true):
    members["entries"].remove(_entry(members, true.at["recall"]))


def _alter(members, true):
    entry = _entry(members, true.at["recall"])
    entry[1] = entry[1].replace('"recalled"', '"conformant"')


def _another_format(members, _):
    members["format"] = "caravan/evidence/v2"


def _earlier_version(members, _):
    members["format"] = "caravan/passport/v2"


def _swap_proof():
    """The true proof of all the other entries, for all but them."""
    true = story()
    names = true.closure(also=[OTHER_TANK])
    without = parse_passport(
        true.serve(names=names, without=[true.at["recall"]]).passport
    )
    with_it = json.loads(true.serve(names=names, without=[true.at["other"]]).passport)
    del with_it["nodes"]
    nodes = json.loads(without.to_bytes())["nodes"]
    return Told(canonical(with_it | {"nodes": nodes}), true.now_ms)


def _shorten_entries():
    """Everything up to the seal before the recall, under today's checkpoint."""
    true = story()
    later = range(true.at["sold"] + 1, len(true.entries))
    return true.serve(without=later, names=true.closure())


def _other_size(members, true):
    text = members["checkpoint"]
    members["checkpoint"] = text.replace(
        f"\n{len(true.entries)}\n", f"\n{true.at['sold'] + 1}\n", 1
    )


def _unsigned(members, _):
    members["checkpoint"] = flipped(members["checkpoint"].encode()).decode()


def _own_key():
    true = story()
    return true.serve(checkpoint=true.checkpoint(THIEF))


def _signed_twice(members, _):
    note = parse_note(members["checkpoint"].encode())
    line = note.signatures[0]
    members["checkpoint"] = type(note)(note.text, (line, line)).to_bytes().decode()


def _ends_open():
    true = story()
    true.lift(PLANT, TANK, number=58)
    return true.serve()


def _ends_with_foreign_seal():
    true = story()
    true.lift(PLANT, TANK, number=58)
    true.seal(origin=OTHER_ORIGIN)
    return true.serve()


def _ends_with_seal_of_another_place():
    true = story()
    true.lift(PLANT, TANK, number=58)
    true.seal(index=len(true.entries) + 9)
    return true.serve()


def _ends_with(change):
    """Return a teller of a ledger whose last seal is spelled in another way."""

    def tell():
        true = story()
        true.entries[-1] = change(true.entries[-1])
        return true.serve()

    return tell


def _policy(text):
    def tell():
        true = story()
        return true.serve(question={"policy": text})

    return tell


LIES = (
    Lie(
        "answers-for-another-code",
        "gives the passport of another pouch, which is clean",
        1,
        "passport",
        _of_another_code,
    ),
    Lie(
        "puts-another-pouch-under-this-name",
        "gives the passport of another pouch under the name of the one scanned",
        11,
        "incomplete",
        _about_another_code,
    ),
    Lie(
        "gives-an-entry-twice",
        "gives the packing twice in one passport",
        1,
        "passport",
        respelled(_twice),
    ),
    Lie(
        "reorders-entries",
        "gives the recall after what was logged later",
        1,
        "passport",
        respelled(_reorder),
    ),
    Lie(
        "goes-back-a-version",
        "says that the passport is of the version that had no lists",
        1,
        "unknown-version",
        respelled(_earlier_version),
    ),
    Lie(
        "calls-the-passport-something-else",
        "says that the passport is no passport",
        1,
        "passport",
        respelled(_another_format),
    ),
    Lie(
        "names-another-ledger-in-the-policy",
        "gives a policy for another ledger",
        2,
        "unknown-key",
        _policy(policy_text(log=signer(OTHER_ORIGIN))),
    ),
    Lie(
        "gives-a-policy-that-says-nothing",
        "gives a policy that nobody can read",
        2,
        "policy",
        _policy("log\n"),
    ),
    Lie(
        "signs-with-another-ledger-key",
        "signs the checkpoint with a key that the reader does not know",
        3,
        "unknown-key",
        _own_key,
    ),
    Lie(
        "changes-the-size-of-the-checkpoint",
        "makes the checkpoint smaller without signing it",
        3,
        "signature",
        respelled(_other_size),
    ),
    Lie(
        "does-not-sign-the-checkpoint",
        "gives a checkpoint with a false signature",
        3,
        "signature",
        respelled(_unsigned),
    ),
    Lie(
        "signs-the-checkpoint-twice",
        "gives one signature twice, so that it counts for two",
        3,
        "signature",
        respelled(_signed_twice),
    ),
    Lie(
        "omits-a-statement",
        "leaves the recall out",
        4,
        "proof-shape",
        respelled(_omit),
    ),
    Lie(
        "alters-a-statement",
        "makes the recall a passed test",
        4,
        "root-mismatch",
        respelled(_alter),
    ),
    Lie(
        "exchanges-two-statements",
        "puts the recall where something else was logged",
        4,
        "root-mismatch",
        respelled(_exchange),
    ),
    Lie(
        "swaps-the-proof-for-another-entry-s",
        "gives the proof of other entries than those given",
        4,
        "root-mismatch",
        _swap_proof,
    ),
    Lie(
        "ends-before-the-recall",
        "gives everything up to the seal before the recall, and today's checkpoint",
        4,
        "not-verified",
        _shorten_entries,
    ),
    Lie(
        "signs-what-no-seal-closes",
        "signs a checkpoint over a statement that he has not sealed",
        5,
        "seal",
        _ends_open,
    ),
    Lie(
        "ends-with-a-seal-that-says-more",
        "closes his ledger with a seal of a line more",
        5,
        "seal",
        _ends_with(lambda seal: seal + b"the recall is over\n"),
    ),
    Lie(
        "ends-with-a-seal-of-another-version",
        "closes his ledger with a seal of a version that there is not",
        5,
        "seal",
        _ends_with(lambda seal: seal.replace(b"/v1", b"/v2", 1)),
    ),
    Lie(
        "ends-with-the-seal-of-another-ledger",
        "closes his ledger with a seal that names another",
        5,
        "wrong-origin",
        _ends_with_foreign_seal,
    ),
    Lie(
        "ends-with-a-seal-of-another-place",
        "closes his ledger with a seal that says it stands elsewhere",
        5,
        "seal-mismatch",
        _ends_with_seal_of_another_place,
    ),
)
