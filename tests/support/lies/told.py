"""The true story, and what a lie about it is made of.

The liar runs the ledger and hands out its passports. He has the ledger's key, so every
hash, index and signature of his fits; he has no party's key and not the registrar's.
Where a lie needs what only a party could have signed, its sentence says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.cosignature import Cosigner, sign_cosignature
from ledger.note import parse_note
from tests.support.forge import HOST, policy_text, signer
from tests.support.pouch import (
    CARTON,
    DRYING,
    ITEM,
    LAB,
    LOT,
    OTHER_LOT,
    OTHER_POUCH,
    OTHER_TANK,
    PLANT,
    POUCH,
    POWDER,
    STRANGER,
    TANK,
    Goods,
)

OLD = signer(f"{HOST}/plant", "a key of the plant that was stolen")
"""A second key of the plant."""
WITNESS, OTHER_WITNESS = (
    Cosigner(f"witness.example/{word}", signer(f"witness.example/{word}").key)
    for word in ("dune", "rock")
)
REPLAYING_WITNESS = Cosigner(
    "witness.example/mill/replay", signer("witness.example/mill/replay").key
)
"""Recomputes what it cosigns, as the name of its key says."""
DAY_MS = 86_400_000
CLOSURE = (POUCH, LOT, ITEM, CARTON, POWDER, TANK, DRYING, PLANT, LAB, "registrar")
"""All lists that a verdict on the pouch needs."""
MISTAKE = "damaged"
"""What the plant once said of the pouch, and took back."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is served to somebody who scans a code, and what that reader brings.

    Attributes:
        passport: The document.
        subject: What was scanned.
        lot: Scanned with it.
        label: What the scanned code ends in, if it is a label's.
        policy: Whose keys the reader trusts; a page has it from the liar, too.
        now_ms: The reader's clock.
        shown: What the page is made from; None if that is the passport.
        scrawl: What the liar does to the page after that.
    """

    passport: bytes
    now_ms: int
    subject: str = POUCH
    lot: str | None = None
    label: str | None = None
    policy: str = policy_text()
    shown: bytes | None = None
    scrawl: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Lie:
    """One lie.

    Attributes:
        name: Of words with hyphens.
        says: What the liar does, to be read after "The one who runs the ledger".
        step: Where it falls, as numbered in ``ledger/verify.py``.
        code: Why; ``alarm`` where nothing is refused and the recall is reported all
            the same.
        tell: Tells it.
        alarms: Of a lie that is not refused, what must be reported: subject and word.
        apart: How many statements must be told apart.
        kind: Of a lie of the page, in what the page and the statements differ; with the
            index of the article where only that tells it.
    """

    name: str
    says: str
    step: int
    code: str
    tell: Callable[[], Told]
    alarms: tuple[tuple[str, str], ...] = ((TANK, "recalled"),)
    apart: int = 0
    kind: str | None = None

    @property
    def outcome(self) -> str:
        """Return what the reader is told."""
        if self.code == "alarm":
            return "alarm"
        if self.step == 2 or self.code in UNKNOWING:
            return "cannot-check"
        return "not-verified"


@dataclass(frozen=True, slots=True)
class Limit:
    """A lie that one passport does not give away.

    Attributes:
        state: How the page looks: never without naming what was not checked.
        absent: What the verdict names as not checked, and the lie lives by; None where
            only the source of the policy tells.
        found_by: Who finds it.
        step: Where it falls for them; None where no passport is enough.
        found: Tells it to them.
        ignored: Which witnesses have a line that the verdict says does not hold.
    """

    name: str
    says: str
    state: str
    absent: str | None
    tell: Callable[[], Told]
    found_by: str
    step: int | None = None
    code: str = ""
    found: Callable[[], Told] | None = None
    ignored: tuple[str, ...] = ()


UNKNOWING = {
    "cannot-check",
    "label",
    "not-found",
    "quorum",
    "stale",
    "unknown-version",
}


class Story(Goods):
    """A tank, the powder dried from it, and a pouch of that in a carton."""

    def __init__(self):
        super().__init__()
        self.at = {}
        """Where the statements are, by what they are."""

    def begin(self, **packing):
        """Tell everything up to the carton; members of ``packing`` change it."""
        self.create(PLANT, TANK, OTHER_TANK)
        inputs = self.make(PLANT, [TANK], [], transformationID=DRYING)
        dried = self.make(PLANT, [], [POWDER], transformationID=DRYING)
        self.create(PLANT, ITEM)
        said = {
            "outputEPCList": [POUCH],
            "ilmd": {"cbvmda:bestBeforeDate": "2028-06-11"},
            "caravan:simulated": True,
        } | packing
        packed = self.make(PLANT, [POWDER], [LOT], LAB, **said)
        self.create(PLANT, CARTON)
        boxed = self.put(PLANT, CARTON, POUCH)
        other = self.make(PLANT, [OTHER_TANK], [OTHER_LOT], outputEPCList=[OTHER_POUCH])
        names = ("inputs", "dried", "packed", "boxed", "other")
        found = (inputs, dried, packed, boxed, other)
        self.at |= dict(zip(names, found, strict=True))
        self.at["sold"] = self.seal()
        return self

    def recall(self, *subjects):
        """Take a mistake back, and recall something, by default the tank."""
        mistake = self.alarm(PLANT, POUCH, MISTAKE)
        for subject in subjects or (TANK,):
            self.at["recall"] = self.alarm(PLANT, subject)
        self.at |= {"mistake": mistake, "taken-back": self.in_error(PLANT, mistake)}
        return self

    def end(self):
        """Close what stands open."""
        self.at["end"] = self.seal()
        return self

    def join_second_key(self):
        """Bind the plant's second key, and revoke it."""
        self.authorize(OLD, PLANT)
        self.at["revoked"] = self.revoke(OLD, PLANT)
        return self

    def closure(self, *but, also=()):
        """Return the names of lists of an honest passport, all but some."""
        alarms = [name + "#alarm" for name in CLOSURE if name + "#alarm" in self.names]
        wanted = {*CLOSURE, *alarms, *also}
        if STRANGER in self.names:
            wanted.add(STRANGER)
        return sorted(wanted - {*but})

    def serve(self, *, names=None, question=None, **lies):
        """Return what is served: a passport with lies in it, and a question."""
        asked = {"now_ms": self.now_ms} | (question or {})
        about = lies.pop("subject", POUCH)
        passport = self.passport(about, names=names or self.closure(), **lies)
        return Told(passport.to_bytes(), **asked)


def story(*recalled):
    """Return the whole story, with a recall of something, by default of the tank."""
    return Story().begin().recall(*recalled).end()


def cosigned(checkpoint, *times):
    """Return a checkpoint with lines of witnesses, each with its time in ms."""
    text = parse_note(checkpoint).text
    lines = (sign_cosignature(w, ms // 1000, text).to_line() for w, ms in times)
    return checkpoint + "".join(lines).encode()


def witnessed_policy(quorum="all", witnesses=(WITNESS, OTHER_WITNESS)):
    """Return a policy that asks for one or both of two witnesses."""
    words = [w.name.split("/")[1] for w in witnesses]
    named = [
        f"witness {word} {w.vkey.to_text()}"
        for word, w in zip(words, witnesses, strict=True)
    ]
    return policy_text(*named, f"group both {quorum} {' '.join(words)}", "quorum both")


def carried(checkpoint, *times):
    """Return lines of witnesses, each with its time in ms, as they stand under it."""
    return cosigned(checkpoint, *times)[len(checkpoint) :]
