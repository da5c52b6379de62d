"""A whole second ledger under the same name, and what one passport cannot give away.

A passport proves what one ledger says. That there is another with the same name, that
this one has grown since, or that its own index is false, only those can notice who have
seen it before, see all of it, or ask others who do. ``LIMITS`` are such lies: each is
believed by who has the passport alone, with what is then named as not checked, and
found by somebody else.
"""

from tests.support.forge import HOST, LEDGER, ORIGIN, policy_text, signer
from tests.support.lies.told import (
    WITNESS,
    Lie,
    Limit,
    Story,
    cosigned,
    story,
    witnessed_policy,
)
from tests.support.pouch import POWDER, TANK

OWN_LEDGER = signer(ORIGIN, "a ledger key of a second ledger")
OWN_REGISTRAR = signer(f"{HOST}/registrar", "the registrar of a second ledger")


class SecondLedger(Story):
    """The clean story, told by the liar alone: every key in it is his own."""

    ledger_key = LEDGER

    def genesis(self, **members):
        keys = {"ledger_keys": (self.ledger_key,), "registrar": OWN_REGISTRAR}
        return super().genesis(**keys | members)

    def join(self, party, **members):
        self.become(party, by=OWN_REGISTRAR, **members)
        key = _own(party)
        self.authorize(key, party, signers=(OWN_REGISTRAR, key))

    def say(self, party, *others, **members):
        keys = [_own(each) for each in (party, *others)]
        return super().say(party, *others, **members | {"keys": keys})


class OtherKey(SecondLedger):
    """The same under another ledger key."""

    ledger_key = OWN_LEDGER


def _own(party):
    name = f"{HOST}/{party.rpartition('/')[2]}"
    return signer(name, f"{name} of a second ledger")


def _clean(kind, checkpoint=None, **question):
    """Return a teller of a story without a recall."""

    def tell():
        true = kind().begin()
        signed = true.checkpoint(kind.ledger_key) if checkpoint is None else checkpoint
        return true.serve(checkpoint=signed, question=question)

    return tell


def _second_to_the_witnessed():
    true = SecondLedger().begin()
    return true.serve(question={"policy": witnessed_policy()})


def _own_witness():
    """The true ledger, with a policy that asks for a witness of the liar's."""
    true = story()
    policy = policy_text(f"witness his {WITNESS.vkey.to_text()}", "quorum his")
    checkpoint = cosigned(true.checkpoint(), (WITNESS, true.now_ms))
    return true.serve(checkpoint=checkpoint, question={"policy": policy})


LIES = (
    Lie(
        "presents-a-second-ledger",
        "presents a second ledger of the same name under another key, without a recall",
        3,
        "unknown-key",
        _clean(OtherKey),
    ),
    Lie(
        "presents-a-second-ledger-to-who-asks-for-witnesses",
        "presents a second ledger under the same key to who asks for witnesses",
        17,
        "quorum",
        _second_to_the_witnessed,
    ),
    Lie(
        "gives-a-policy-of-its-own",
        "gives a policy by which a witness of his own is enough: the recall stands",
        16,
        "alarm",
        _own_witness,
    ),
)


def _before(**question):
    def tell():
        return Story().begin().serve(question=question)

    return tell


def unindexed():
    """Return a ledger whose index leaves the recall out."""
    true = Story().begin()
    body = {"epcList": [TANK], "disposition": "recalled"}
    true.told[true.add(true.event_entry(59, _key_of_plant(), **body))] = (59, body)
    true.end()
    return true


def _key_of_plant():
    return signer(f"{HOST}/plant")


def _unindexed():
    true = unindexed()
    recall = len(true.entries) - 2
    return true.serve(without=[recall])


def _open_powder():
    """Nothing false: the powder's alarms, of which there are none, and no more."""
    true = story()
    alarms = f"{POWDER}#alarm"
    names = true.closure(POWDER, TANK, f"{TANK}#alarm", also=[alarms])
    return true.serve(names=names)


LIMITS = (
    Limit(
        "presents-a-second-ledger-with-its-policy",
        "presents a second ledger of the same name, and a policy with its key",
        "verified",
        "witnesses",
        _clean(OtherKey, policy=policy_text(log=OWN_LEDGER)),
        "who has the policy of the first: printed, built in, or kept from a first use",
        3,
        "unknown-key",
        _clean(OtherKey),
    ),
    Limit(
        "presents-a-second-ledger-under-the-same-key",
        "presents a second ledger, begun anew under the same ledger key",
        "verified",
        "witnesses",
        _clean(SecondLedger),
        "who asks for witnesses, or has kept a checkpoint of the first",
        17,
        "quorum",
        _second_to_the_witnessed,
    ),
    Limit(
        "shows-the-ledger-of-before-to-who-asks-for-no-witnesses",
        "shows the ledger as it was before the recall, and says nothing of today",
        "verified",
        "witnesses",
        _before(),
        "who asks for witnesses; of a whole ledger, who has kept a later checkpoint",
        17,
        "quorum",
        _before(policy=witnessed_policy()),
    ),
    Limit(
        "leaves-the-recall-out-of-the-index",
        "logs the recall, and seals an index in which it is on no list",
        "verified",
        "replay",
        _unindexed,
        "who replays the ledger: the seal's index root is not that of its entries",
    ),
    Limit(
        "gives-only-the-alarms-of-the-powder",
        "gives of the powder only that it has no alarm, so that nothing leads further",
        "partial",
        "sources",
        _open_powder,
        "who gets the powder's list; the page counts what it has not seen",
    ),
)
