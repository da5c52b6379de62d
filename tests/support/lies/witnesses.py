"""Lies of who has some witnesses on his side, or their words of another day.

The liar has the ledger's key, and all that witnesses ever signed of his ledger. Before
the recall they cosigned what there was, and after it the ledger of today; a history
without the recall, a false index or an hour that was not is for each of them to cosign
or not. ``LIMITS`` are those that some reader believes, with what is named as not
checked; that those find it who are said to is in ``tests/ledger/test_lies_found.py``.
"""

from ledger.cosignature import Cosigner, sign_cosignature
from ledger.note import Note, NoteSignature, parse_note
from tests.support.forge import LEDGER, policy_text, signer
from tests.support.lies.ledgers import unindexed
from tests.support.lies.times import SECOND, UNTIL
from tests.support.lies.told import (
    DAY_MS,
    OLD,
    OTHER_WITNESS,
    REPLAYING_WITNESS,
    WITNESS,
    Lie,
    Limit,
    Story,
    carried,
    cosigned,
    story,
    witnessed_policy,
)
from tests.support.pouch import OTHER_TANK, PLANT, TANK

OWN_WITNESS = Cosigner("witness.example/his", signer("witness.example/his").key)
OWN_REPLAYING_WITNESS = Cosigner(
    "witness.example/his/replay", signer("witness.example/his/replay").key
)
LATER_MS = 40 * 60_000
"""How late the lift is that is sealed as if the plant's key were still good."""
_WITH_REPLAY = (WITNESS, REPLAYING_WITNESS)


def before():
    """Return the ledger before the recall."""
    return Story().begin()


def set_back():
    """Return what became of the ledger of before, without the recall."""
    other = before()
    for _ in range(4):
        other.say(PLANT, epcList=[OTHER_TANK])
        other.end()
    return other


def other_history():
    """Return a history without the recall that is as long as the true one."""
    other, true = before(), story()
    while len(other.entries) < len(true.entries) - 1:
        other.say(PLANT, epcList=[OTHER_TANK])
    other.end()
    return other


def expiring():
    """Return the ledger with the recall and a key of the plant that will have ended."""
    true = Story().begin().recall()
    true.authorize(OLD, PLANT, until=UNTIL)
    true.end()
    return true


def backdated():
    """Return the same, with a lift by that key in its last minute, as the seal says."""
    true = expiring()
    lifted = {"unset": ["recalled"]}
    true.say(PLANT, keys=[OLD], epcList=[TANK], persistentDisposition=lifted)
    true.end()
    return true


def _served(true, *lines, policy, late_ms=0, checkpoint=b"", more=b"", **lies):
    """Return what is served of a ledger so long after its last seal.

    Args:
        true: The ledger.
        lines: Witnesses that cosign it, each with how many ms after its last seal.
        policy: By which it is judged.
        late_ms: How long after its last seal somebody reads it.
        checkpoint: What it stands under; by default that of the ledger key.
        more: Lines that stand under it as well.
        lies: As for ``Story.serve``.
    """
    times = [(witness, true.now_ms + ms) for witness, ms in lines]
    note = cosigned(checkpoint or true.checkpoint(), *times) + more
    question = {"policy": policy, "now_ms": true.now_ms + late_ms}
    question |= lies.pop("question", {})
    return true.serve(checkpoint=note, question=question, **lies)


# ----------------------------------------------------- the ledger of before the recall


def _signed_again(*keys):
    """Return a teller of the ledger of before, signed anew, with its old lines."""

    def tell():
        true = before()
        both = witnessed_policy().replace("\n", f"\nlog {SECOND.vkey.to_text()}\n", 1)
        return _served(
            true,
            (WITNESS, 0),
            (OTHER_WITNESS, 0),
            policy=both,
            late_ms=2 * DAY_MS,
            checkpoint=true.checkpoint(*keys),
        )

    return tell


def _dated(line, seconds):
    """Return a witness's line with another time in it."""
    signature = seconds.to_bytes(8, "big") + line.signature[8:]
    return NoteSignature(line.name, line.key_id, signature)


def _dated_anew():
    true = before()
    now_ms = true.now_ms + 2 * DAY_MS
    lines = ((WITNESS, true.now_ms), (OTHER_WITNESS, true.now_ms))
    note = parse_note(cosigned(true.checkpoint(), *lines))
    own, *theirs = note.signatures
    dated = [_dated(line, now_ms // 1000) for line in theirs]
    question = {"policy": witnessed_policy(), "now_ms": now_ms}
    checkpoint = Note(note.text, (own, *dated)).to_bytes()
    return true.serve(checkpoint=checkpoint, question=question)


def _carried_back():
    """The ledger of before, under which stand the lines of today's."""
    today = story()
    lines = ((WITNESS, today.now_ms), (OTHER_WITNESS, today.now_ms))
    more = carried(today.checkpoint(), *lines)
    late_ms = today.now_ms - before().now_ms
    return _served(before(), policy=witnessed_policy(), late_ms=late_ms, more=more)


# ------------------------------------------------------------ who counts as a witness


def _ledger_key_cosigns():
    """The ledger's key signs what the witness would, under the witness's name."""
    true = before()
    text = parse_note(true.checkpoint()).text
    his = Cosigner(WITNESS.name, LEDGER.key)
    line = sign_cosignature(his, true.now_ms // 1000, text)
    line = NoteSignature(line.name, WITNESS.vkey.key_id, line.signature)
    more = line.to_line().encode()
    return _served(true, policy=witnessed_policy("any"), more=more)


def _policy_that_counts(*witnesses):
    """Return a teller of a policy of the liar's, in which one key is there twice."""

    def tell():
        true = before()
        names = [f"w{number}" for number, _ in enumerate(witnesses)]
        lines = [
            f"witness {name} {each.vkey.to_text()}"
            for name, each in zip(names, witnesses, strict=True)
        ]
        group = f"group some all {' '.join(names)}"
        policy = policy_text(*lines, group, "quorum some")
        times = [(each, true.now_ms) for each in dict.fromkeys(witnesses)]
        checkpoint = cosigned(true.checkpoint(), *times)
        return true.serve(checkpoint=checkpoint, question={"policy": policy})

    return tell


def _own_policy():
    """The ledger of before, with witnesses of his own that were there today."""
    true = before()
    size = len(true.entries)
    question = {"label": true.fragment(size)}
    his = (OWN_WITNESS, OWN_REPLAYING_WITNESS)
    lines = [
        f"witness {word} {each.vkey.to_text()}"
        for word, each in zip(("one", "two"), his, strict=True)
    ]
    policy = policy_text(*lines, "group both all one two", "quorum both")
    return _served(
        true,
        *((each, 2 * DAY_MS) for each in his),
        policy=policy,
        late_ms=2 * DAY_MS,
        label=true.label(size),
        question=question,
    )


def _own_policy_to_who_has_one():
    served = _own_policy()
    return type(served)(
        served.passport, served.now_ms, label=served.label, policy=witnessed_policy()
    )


# ------------------------------------------------------------------- another history


def _fork(history, *lines, quorum="all"):
    """Return a teller of a history without the recall; the rest signed the true one."""

    def tell():
        other, true = history(), story()
        signed = {witness.name for witness, _ in lines}
        rest = [w for w in (WITNESS, OTHER_WITNESS) if w.name not in signed]
        theirs = carried(true.checkpoint(), *((each, true.now_ms) for each in rest))
        late_ms = max(0, true.now_ms - other.now_ms)
        policy = witnessed_policy(quorum)
        return _served(other, *lines, policy=policy, late_ms=late_ms, more=theirs)

    return tell


def _alone(tell):
    """Return a teller of the same to somebody who asks for no witness."""

    def tell_alone():
        served = tell()
        return type(served)(served.passport, served.now_ms)

    return tell_alone


# ------------------------------------------------------- what only a replay can find


def _unindexed(*lines, quorum="any", witnesses=_WITH_REPLAY, more=lambda true: b""):
    """Return a teller of a ledger whose index leaves the recall out."""

    def tell():
        true = unindexed()
        policy = witnessed_policy(quorum, witnesses)
        recall = len(true.entries) - 2
        return _served(
            true, *lines, policy=policy, more=more(true), without=[recall], names=None
        )

    return tell


def _replay_forged(true):
    """Return a line that only names the replaying witness."""
    his = Cosigner(REPLAYING_WITNESS.name, OWN_WITNESS.key)
    text = parse_note(true.checkpoint()).text
    line = sign_cosignature(his, true.now_ms // 1000, text)
    key_id = REPLAYING_WITNESS.vkey.key_id
    return NoteSignature(line.name, key_id, line.signature).to_line().encode()


def _replay_of_before(true):
    """Return the line of the replaying witness under what it saw last."""
    return carried(before().checkpoint(), (REPLAYING_WITNESS, true.now_ms))


def _backdated(*lines, witnesses=(WITNESS, OTHER_WITNESS)):
    def tell():
        policy = witnessed_policy("all", witnesses)
        late = [(each, LATER_MS) for each in lines]
        return _served(backdated(), *late, policy=policy, late_ms=LATER_MS)

    return tell


LIES = (
    Lie(
        "counts-the-ledger-key-as-a-witness",
        "gives a policy by which the ledger's own key is a witness",
        2,
        "policy",
        _policy_that_counts(WITNESS, Cosigner("witness.example/log", LEDGER.key)),
    ),
    Lie(
        "counts-a-witness-under-two-names",
        "gives a policy by which one witness is two",
        2,
        "policy",
        _policy_that_counts(WITNESS, WITNESS),
    ),
    Lie(
        "signs-the-ledger-of-before-with-a-later-key",
        "signs the ledger of before the recall with a ledger key that was added since",
        13,
        "unknown-key",
        _signed_again(SECOND),
    ),
    Lie(
        "signs-the-ledger-of-before-again",
        "signs the ledger of before the recall again today, with all that it has of "
        "witnesses",
        17,
        "stale",
        _signed_again(LEDGER, SECOND),
    ),
    Lie(
        "dates-cosignatures-anew",
        "writes today's time into what witnesses signed before the recall",
        17,
        "quorum",
        _dated_anew,
    ),
    Lie(
        "carries-cosignatures-back",
        "puts what witnesses signed today under the ledger of before the recall",
        17,
        "quorum",
        _carried_back,
    ),
    Lie(
        "cosigns-with-the-ledger-key",
        "signs with the ledger's key where a witness should have signed",
        17,
        "quorum",
        _ledger_key_cosigns,
    ),
    Lie(
        "shows-another-history-than-to-the-witnesses",
        "shows the witnesses the recall, and somebody else a history without it",
        17,
        "quorum",
        _fork(other_history),
    ),
    Lie(
        "has-one-witness-cosign-another-history",
        "has one of two witnesses cosign a history without the recall as well",
        17,
        "quorum",
        _fork(other_history, (WITNESS, 0)),
    ),
    Lie(
        "goes-on-after-a-restore-without-the-recall",
        "sets the ledger back to before the recall, and goes on as if it never was",
        17,
        "quorum",
        _fork(set_back),
    ),
    Lie(
        "falsifies-the-index-before-a-replaying-witness",
        "seals an index without the recall, where the reader asks for a replay",
        17,
        "quorum",
        _unindexed((WITNESS, 0), quorum="all", more=_replay_of_before),
    ),
    Lie(
        "backdates-before-a-replaying-witness",
        "dates a lift back to when its key was good, where the reader asks for a "
        "replay",
        17,
        "quorum",
        _backdated(WITNESS, witnesses=_WITH_REPLAY),
    ),
)

LIMITS = (
    Limit(
        "shows-somebody-else-another-history",
        "shows somebody else a history of the same size, without the recall",
        "verified",
        "witnesses",
        _alone(_fork(other_history)),
        "who asks for witnesses, or compares with what somebody else was shown",
        17,
        "quorum",
        _fork(other_history),
    ),
    Limit(
        "goes-on-after-a-restore-to-who-asks-for-no-witnesses",
        "sets the ledger back to before the recall, and goes on with another history",
        "verified",
        "witnesses",
        _alone(_fork(set_back)),
        "the witnesses, which refuse it, and the ledger itself, which asks them first",
        17,
        "quorum",
        _fork(set_back),
    ),
    Limit(
        "has-a-witness-that-signs-anything",
        "has a witness that signs anything cosign a history without the recall, and "
        "the reader asks for no other",
        "verified",
        "replay",
        _fork(other_history, (WITNESS, 0), quorum="any"),
        "the other witness, and who asks for both",
        17,
        "quorum",
        _fork(other_history, (WITNESS, 0)),
        ignored=("rock",),
    ),
    Limit(
        "gives-a-policy-with-witnesses-of-his-own",
        "shows the ledger of before the recall, seen and replayed today by witnesses "
        "of his own, which his policy names",
        "verified",
        None,
        _own_policy,
        "who has a policy of his own; the verdict says who names the witnesses",
        17,
        "quorum",
        _own_policy_to_who_has_one,
    ),
    Limit(
        "has-witnesses-cosign-a-false-index",
        "has witnesses cosign an index in which the recall is on no list",
        "verified",
        "replay",
        _unindexed(
            (WITNESS, 0),
            (OTHER_WITNESS, 0),
            quorum="all",
            witnesses=(WITNESS, OTHER_WITNESS),
        ),
        "a replaying witness, which cosigns nothing of that ledger any more",
        17,
        "quorum",
        _unindexed((WITNESS, 0), quorum="all"),
    ),
    Limit(
        "leaves-the-replaying-witness-out",
        "seals a false index, where the reader knows a replaying witness that is not "
        "needed",
        "verified",
        "replay",
        _unindexed((WITNESS, 0)),
        "the replaying witness, and who needs it for the quorum",
        17,
        "quorum",
        _unindexed((WITNESS, 0), quorum="all"),
    ),
    Limit(
        "forges-the-replaying-witness",
        "seals a false index, and signs it in the name of the replaying witness",
        "verified",
        "replay",
        _unindexed((WITNESS, 0), more=_replay_forged),
        "the replaying witness, and who needs it for the quorum",
        17,
        "quorum",
        _unindexed((WITNESS, 0), quorum="all", more=_replay_forged),
        ignored=("mill",),
    ),
    Limit(
        "carries-the-replaying-witness-over",
        "seals a false index, and puts under it what the replaying witness signed of "
        "the ledger of before",
        "verified",
        "replay",
        _unindexed((WITNESS, 0), more=_replay_of_before),
        "the replaying witness, and who needs it for the quorum",
        17,
        "quorum",
        _unindexed((WITNESS, 0), quorum="all", more=_replay_of_before),
        ignored=("mill",),
    ),
    Limit(
        "backdates-a-seal-within-its-hour",
        "dates the seal of a lift back to when the key that signed it was still good",
        "verified",
        "replay",
        _backdated(WITNESS, OTHER_WITNESS),
        "a replaying witness, which had seen since that there was nothing",
        17,
        "quorum",
        _backdated(WITNESS, witnesses=_WITH_REPLAY),
    ),
)
