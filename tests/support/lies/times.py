"""Lies about when, how often and who vouches for it: steps 13, 14, 15 and 17."""

from tests.support.forge import LEDGER, ORIGIN, REGISTRAR, flipped, signer
from tests.support.lies.told import (
    DAY_MS,
    OLD,
    OTHER_WITNESS,
    WITNESS,
    Lie,
    Story,
    cosigned,
    story,
    witnessed_policy,
)
from tests.support.pouch import (
    DECLARED,
    LOT,
    OTHER_TANK,
    PLANT,
    POUCH,
    TANK,
)

SECOND = signer(ORIGIN, "second ledger key")
UNTIL = "2026-06-12T00:06:00.000Z"


def _two_keys(*lines):
    """Return a teller of a ledger with a second key, and of who signs."""

    def tell():
        true = story()
        body = {"action": "ledger-key", "add": SECOND.vkey.to_text()}
        true.directory(body, REGISTRAR)
        true.seal()
        return true.serve(checkpoint=lines[0](true))

    return tell


def _sealed(**lie):
    """Return a teller of a ledger whose last seal says something else."""

    def tell():
        true = Story().begin().recall()
        true.seal(**lie)
        return true.serve()

    return tell


def _skip_a_seal():
    true = story()
    true.say(PLANT, epcList=[POUCH])
    true.seal(previous=true.at["sold"])
    return true.serve()


def _after_a_statement():
    true = Story().begin().recall()
    true.seal(previous=true.at["recall"])
    return true.serve()


def _expired():
    """A lift by a stolen key, sealed when the key had ended."""
    true = story()
    true.authorize(OLD, PLANT, until=UNTIL)
    true.say(PLANT, keys=[OLD], epcList=[TANK], persistentDisposition=LIFTED)
    true.seal(minutes=9)
    return true.serve()


LIFTED = {"unset": ["recalled"]}


def _withhold(place):
    def tell():
        true = story()
        true.say(PLANT, epcList=[LOT])
        true.seal()
        return true.serve(without=[true.at[place]])

    return tell


def _withhold_for_a_key_that_ends():
    true = story()
    other = [OTHER_TANK]
    true.authorize(OLD, PLANT, until=UNTIL)
    true.say(PLANT, keys=[OLD], epcList=other)
    closing = true.seal(minutes=9)
    true.say(PLANT, epcList=[LOT])
    true.seal()
    return true.serve(names=true.closure(also=other), without=[closing])


def _reuse():
    """The plant's lift under the number of its recall, which a ledger refuses."""
    true = story()
    number, _ = true.told[true.at["recall"]]
    lift = {"epcList": [TANK], "persistentDisposition": LIFTED}
    true.say(PLANT, number=number, **lift)
    true.seal()
    return true.serve()


def _declare_something_else():
    """A declaration of error with the number of the recall and another body."""
    true = story()
    number, _ = true.told[true.at["recall"]]
    true.say(PLANT, number=number, epcList=[TANK], **DECLARED)
    true.seal()
    return true.serve()


def _declare_again():
    true = story()
    number, said = true.told[true.at["mistake"]]
    again = {"errorDeclaration": {"declarationTime": "2026-06-12T11:00:00+08:00"}}
    true.say(PLANT, number=number, **said | again)
    true.seal()
    return true.serve()


def _swallow():
    """The original was never logged: only that it was an error."""
    true = Story().begin()
    said = {"epcList": [TANK], "disposition": "recalled"}
    true.say(PLANT, number=59, **said | DECLARED)
    true.end()
    return true.serve()


def _witnessed(*lines, quorum="all", now=0):
    """Return a teller for a reader whose own policy asks for witnesses."""

    def tell():
        true = story()
        times = [(witness, true.now_ms + ms) for witness, ms in lines]
        policy = witnessed_policy(quorum)
        question = {"policy": policy, "now_ms": true.now_ms + now}
        checkpoint = cosigned(true.checkpoint(), *times)
        return true.serve(checkpoint=checkpoint, question=question)

    return tell


def _forged_cosignature():
    true = story()
    line = cosigned(true.checkpoint(), (WITNESS, true.now_ms))
    question = {"policy": witnessed_policy("any")}
    return true.serve(checkpoint=flipped(line), question=question)


def _repeated_cosignature():
    """One false witness, and one that is there twice; the reader asks for any."""
    true = story()
    twice = cosigned(true.checkpoint(), *[(WITNESS, true.now_ms)] * 2)
    question = {"policy": witnessed_policy("any")}
    return true.serve(checkpoint=twice, question=question)


def _of_before():
    """The ledger as it was before the recall, witnessed then, two days later."""
    true = Story().begin()
    checkpoint = cosigned(
        true.checkpoint(), (WITNESS, true.now_ms), (OTHER_WITNESS, true.now_ms)
    )
    question = {"policy": witnessed_policy(), "now_ms": true.now_ms + 2 * DAY_MS}
    return true.serve(checkpoint=checkpoint, question=question)


def _of_before_seen_again():
    """The ledger of before, of which one of two witnesses has signed again today."""
    true = Story().begin()
    now = true.now_ms + 2 * DAY_MS
    lines = ((WITNESS, true.now_ms), (OTHER_WITNESS, now))
    question = {"policy": witnessed_policy(), "now_ms": now}
    return true.serve(checkpoint=cosigned(true.checkpoint(), *lines), question=question)


def _cosigned_before():
    """Today's ledger, under which stand the lines of the one before the recall."""
    before, true = Story().begin().checkpoint(), story()
    lines = ((WITNESS, true.now_ms), (OTHER_WITNESS, true.now_ms))
    carried = cosigned(before, *lines)[len(before) :]
    question = {"policy": witnessed_policy()}
    return true.serve(checkpoint=true.checkpoint() + carried, question=question)


LIES = (
    Lie(
        "hides-a-ledger-key",
        "does not sign with a ledger key that was added, and is in force",
        13,
        "unknown-key",
        _two_keys(lambda true: true.checkpoint()),
    ),
    Lie(
        "forges-the-second-ledger-key",
        "signs with both ledger keys, the second falsely",
        13,
        "signature",
        _two_keys(lambda true: flipped(true.checkpoint(LEDGER, SECOND))),
    ),
    Lie(
        "signs-twice-with-the-second-ledger-key",
        "gives the second ledger key's signature twice",
        13,
        "signature",
        _two_keys(lambda true: _doubled(true.checkpoint(LEDGER, SECOND))),
    ),
    Lie(
        "backdates-a-seal",
        "seals the recall before what was sealed before it",
        14,
        "seal-mismatch",
        _sealed(time="2026-06-12T00:00:30.000Z"),
    ),
    Lie(
        "skips-a-seal",
        "closes with one seal what another had closed before",
        14,
        "seal-mismatch",
        _skip_a_seal,
    ),
    Lie(
        "names-a-statement-as-seal",
        "says that the seal before is where the recall stands",
        14,
        "seal-mismatch",
        _after_a_statement,
    ),
    Lie(
        "logs-the-word-of-an-expired-key",
        "logs a lift of the recall by a stolen key that had expired",
        14,
        "seal-mismatch",
        _expired,
    ),
    Lie(
        "withholds-a-closing-seal",
        "does not say when the recall was logged",
        14,
        "seal-mismatch",
        _withhold("end"),
    ),
    Lie(
        "withholds-the-seal-of-a-key-that-ends",
        "does not say when something was logged by a key that ends",
        14,
        "seal-mismatch",
        _withhold_for_a_key_that_ends,
    ),
    Lie(
        "uses-an-event-id-twice",
        "logs a second event under the number of the recall, which lifts it",
        15,
        "event-reused",
        _reuse,
    ),
    Lie(
        "declares-something-else-in-error",
        "logs that the recall was an error, in other words than the recall's",
        15,
        "event-reused",
        _declare_something_else,
    ),
    Lie(
        "declares-in-error-twice",
        "logs a second time that the mistake was one",
        15,
        "event-reused",
        _declare_again,
    ),
    Lie(
        "swallows-a-recall-and-logs-that-it-was-an-error",
        "never logs a recall, and then logs only that it was an error",
        15,
        "incomplete",
        _swallow,
    ),
    Lie(
        "claims-witnesses-that-never-signed",
        "claims a quorum of witnesses, and has none",
        17,
        "quorum",
        _witnessed(),
    ),
    Lie(
        "claims-a-quorum-of-one",
        "says that one witness is enough, where the reader asks for two",
        17,
        "quorum",
        _witnessed((WITNESS, 0)),
    ),
    Lie(
        "forges-a-cosignature",
        "forges the signature of a witness",
        17,
        "quorum",
        _forged_cosignature,
    ),
    Lie(
        "repeats-a-cosignature",
        "gives the signature of one witness twice",
        17,
        "quorum",
        _repeated_cosignature,
    ),
    Lie(
        "has-witnesses-sign-ahead",
        "has a cosignature with a time that is still to come",
        17,
        "quorum",
        _witnessed((WITNESS, 0), (OTHER_WITNESS, DAY_MS)),
    ),
    Lie(
        "shows-the-ledger-of-before-the-recall",
        "shows the ledger as it was before the recall, and as witnesses saw it then",
        17,
        "stale",
        _of_before,
    ),
    Lie(
        "has-one-witness-see-the-ledger-of-before-again",
        "has one of two witnesses sign the ledger of before the recall again today",
        17,
        "stale",
        _of_before_seen_again,
    ),
    Lie(
        "carries-cosignatures-over",
        "puts what witnesses signed before the recall under the ledger of today",
        17,
        "quorum",
        _cosigned_before,
    ),
    Lie(
        "seals-what-witnesses-did-not-see",
        "seals the recall later than the witnesses saw the ledger",
        17,
        "cannot-check",
        _witnessed((WITNESS, -DAY_MS // 4), (OTHER_WITNESS, -DAY_MS // 4)),
    ),
)


def _doubled(checkpoint):
    """Return a checkpoint with its last line twice."""
    last = checkpoint[checkpoint.rindex("—".encode()) :]
    return checkpoint + last
