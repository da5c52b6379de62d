"""Vectors for what a verdict claims: the table of the blueprint, section 6, row by row.

Each case is of a ``claim``. ``made`` says whether it is made: ``yes``; ``less``, where
nothing is false and the verdict says itself that it claims less; ``no``, where it would
be false. A case with ``vector`` is that one, of another
file, and asked as it is there.

``signed`` and ``logged`` are what must be said of one statement: index and party, index
and time. ``page_words`` names texts that the page must tell, and must not, in both
languages; ``command_words`` has words of the command. ``never`` are words that no
page and no command may say of anything; ``always`` are texts that stand on each page.
"""

from ledger.seal import format_time
from tests.support.forge import flipped, policy_text
from tests.support.lies.ledgers import SecondLedger, unindexed
from tests.support.lies.told import Story
from tests.support.make_vectors._witnesses import (
    DAY,
    DUNE,
    ROCK,
    SALT,
    cosigned,
    policy_of,
    vouched,
)
from tests.support.make_vectors.verify import UNKNOWING
from tests.support.pouch import LOT, PLANT, POUCH

BOTH = policy_of("all", "dune", "salt")
PLAIN = policy_of("all", "dune", "rock")
NOBODY = policy_text()
COMPLETE = "that the ledger holds was left out"
ACCORDING = "Complete according to the ledger; nobody else has checked."
ALONE = "on the ledger's word alone"
BESIDE = "run on the ledger's own machine"
CAVEAT = "It does not show that what they said is true."


class Table:
    """The cases, as they are told."""

    def __init__(self):
        self.cases = []

    def add(self, claim, made, name, says, *, page=(), command=(), **case):
        """Add a case."""
        told = {"claim": claim, "made": made, "name": name, "says": says}
        words = {"page_words": _words(page), "command_words": _words(command)}
        self.cases.append(told | case | words)

    def own(
        self,
        claim,
        made,
        name,
        says,
        *,
        true=None,
        checkpoint=None,
        policy=NOBODY,
        source="yours",
        code="ok",
        step=None,
        now_ms=None,
        label=None,
        **more,
    ):
        """Add a case of a passport of its own."""
        true = true or Story().begin()
        passport = true.passport(
            POUCH,
            names=true.closure(),
            checkpoint=checkpoint,
            label=None if label is None else true.label(label),
        )
        outcome = "cannot-check" if code in UNKNOWING else "not-verified"
        self.add(
            claim,
            made,
            name,
            says,
            passport=passport.to_bytes().decode(),
            subject=POUCH,
            lot=LOT,
            label=None if label is None else true.fragment(label),
            policy=policy,
            policy_source=source,
            now_ms=true.now_ms if now_ms is None else now_ms,
            want=code,
            outcome="verified" if code == "ok" else outcome,
            step=step,
            index=None,
            **more,
        )

    def lie(self, claim, vector, says, **words):
        """Add a lie that stands in another file."""
        name = vector.rpartition(":")[2]
        self.add(claim, "no", name, says, vector=f"lies/{vector}", **words)


def signed_by(table):
    """Signed by X: the key was authorised, entry 0 replayed, the source is named."""
    claim = "signed by X"
    true = Story().begin()
    for source, words in (
        ("yours", "policy: yours"),
        ("built-in", "policy: built into this verifier"),
        ("server", "policy: this server's own word"),
    ):
        table.own(
            claim,
            "yes",
            f"signed-by-a-key-in-force-{source}",
            "The plant signed the packing, with a key that the registrar had bound.",
            source=source,
            signed=[true.at["packed"], PLANT],
            page=(f"+source.{source}",),
            command=(f"+{words}",),
        )
    for vector, says in (
        ("signers.json:logs-the-word-of-a-revoked-key", "The key was revoked."),
        ("signers.json:signs-with-a-key-of-nobody", "The key was never bound."),
        ("signers.json:makes-himself-the-registrar", "The ledger bound it itself."),
        ("signers.json:withholds-the-genesis", "Nobody says who the registrar is."),
        ("evidence.json:signs-with-another-ledger-key", "The ledger is another one."),
    ):
        table.lie(claim, vector, says, page=("-verdict.verified.title",))


def logged_at(table):
    """In the ledger at time t: included; t is the closing seal's, and not after T."""
    claim = "in the ledger at time t"
    true = Story().begin()
    start = true.now_ms // 1000
    table.own(
        claim,
        "yes",
        "logged-when-its-seal-says",
        "The packing was logged when its closing seal says, and witnesses saw it then.",
        true=true,
        checkpoint=cosigned(true.checkpoint(), (DUNE, start + 5), (ROCK, start + 9)),
        policy=PLAIN,
        now_ms=true.now_ms + 9000,
        logged=[true.at["packed"], format_time(true.now_ms)],
        report=vouched(PLAIN, start + 5, seen=("dune", "rock")),
        command=(f"+as of: {format_time((start + 5) * 1000)}, seen by 2 of 2",),
    )
    for vector, says in (
        ("evidence.json:alters-a-statement", "It is not what was logged."),
        ("evidence.json:exchanges-two-statements", "It was logged elsewhere."),
        ("times.json:withholds-a-closing-seal", "Nothing says when."),
        ("times.json:backdates-a-seal", "The seal says a time before others."),
    ):
        table.lie(claim, vector, says, page=("-verdict.verified.title",))
    table.lie(
        claim,
        "times.json:seals-what-witnesses-did-not-see",
        "The seal says a time that the witnesses had not seen come.",
        page=("+verdict.unseen", "-verdict.verified.title"),
        command=("+seal time: got",),
    )


def complete(table):
    """Complete: the proofs, and a replaying witness of the reader's own policy."""
    claim = "complete"
    true = Story().begin()
    start = true.now_ms // 1000
    note = true.checkpoint()
    is_said = ("+verdict.complete", "+verdict.found.complete", "-absent.replay")
    is_not = ("+absent.replay", "-verdict.complete", "-verdict.found.complete")
    said, not_said = (
        (f"+{COMPLETE}", f"-{ACCORDING}"),
        (f"-{COMPLETE}", f"+{ACCORDING}"),
    )
    table.own(
        claim,
        "yes",
        "recomputed-by-a-replaying-witness",
        "A witness of the reader's policy has recomputed all that the ledger holds.",
        true=true,
        checkpoint=cosigned(note, (DUNE, start), (SALT, start)),
        policy=BOTH,
        report=vouched(BOTH, start, seen=("dune", "salt"), replayed=("salt",)),
        page=is_said,
        command=said,
    )
    for name, says, lines, policy, seen, more in (
        (
            "recomputed-by-nobody",
            "Witnesses have seen the ledger, and none of them recomputes it.",
            ((DUNE, start), (ROCK, start)),
            PLAIN,
            ("dune", "rock"),
            {},
        ),
        (
            "recomputed-by-one-whom-the-reader-does-not-know",
            "A replaying witness has cosigned that the reader's policy does not name.",
            ((DUNE, start), (ROCK, start), (SALT, start)),
            PLAIN,
            ("dune", "rock"),
            {},
        ),
        (
            "recomputed-too-long-ago",
            "What a witness recomputed two days ago says nothing of today.",
            ((DUNE, start + 2 * DAY), (SALT, start)),
            policy_of("any", "dune", "salt"),
            ("dune",),
            {"at": start + 2 * DAY},
        ),
        (
            "recomputed-at-a-time-to-come",
            "A line of a time to come is not believed.",
            ((DUNE, start), (SALT, start + DAY)),
            policy_of("any", "dune", "salt"),
            ("dune",),
            {"ahead": ("salt",)},
        ),
    ):
        at = more.pop("at", start)
        table.own(
            claim,
            "less",
            name,
            says,
            true=true,
            checkpoint=cosigned(note, *lines),
            policy=policy,
            now_ms=at * 1000,
            report=vouched(policy, at, seen=seen, **more),
            page=is_not,
            command=not_said,
        )
    either = policy_of("any", "dune", "salt")
    forged = flipped(cosigned(note, (DUNE, start), (SALT, start)))
    table.own(
        claim,
        "no",
        "claims-a-replay-that-was-never-made",
        "The line of the replaying witness is forged, and counts as absent.",
        true=true,
        checkpoint=forged,
        policy=either,
        report=vouched(either, start, seen=("dune",), ignored=("salt",)),
        page=(*is_not, "+verdict.ignored"),
        command=(*not_said, "+A line of witness salt does not hold"),
    )
    lying = unindexed()
    table.own(
        claim,
        "no",
        "seals-an-index-that-leaves-the-recall-out",
        "The index that is sealed and cosigned leaves the recall out; a witness that "
        "does not recompute it cannot tell, and the verdict says that nobody has.",
        true=lying,
        checkpoint=cosigned(
            lying.checkpoint(),
            (DUNE, lying.now_ms // 1000),
            (ROCK, lying.now_ms // 1000),
        ),
        policy=PLAIN,
        report=vouched(PLAIN, lying.now_ms // 1000, seen=("dune", "rock")),
        page=is_not,
        command=not_said,
    )
    for vector, says in (
        ("listing.json:hides-the-recall-of-the-tank-it-came-from", "It is withheld."),
        ("listing.json:shortens-the-list-of-the-tank-it-came-from", "So is its place."),
        ("listing.json:gives-no-list-of-the-tank", "A list is not given."),
    ):
        table.lie(claim, vector, says, page=("-verdict.complete",))


def same_history(table):
    """The same history for everyone: a quorum of witnesses in the reader's policy."""
    claim = "same history for everyone"
    true = Story().begin()
    start = true.now_ms // 1000
    note = cosigned(true.checkpoint(), (DUNE, start), (ROCK, start))
    seen = ("dune", "rock")
    table.own(
        claim,
        "yes",
        "seen-by-a-quorum-of-the-readers-own",
        "Two of two witnesses that the reader chose have seen this very ledger.",
        true=true,
        checkpoint=note,
        policy=PLAIN,
        report=vouched(PLAIN, start, seen=seen),
        page=("+verdict.seen.today", "-absent.witnesses", "-source.server.witnesses"),
        command=("+seen by 2 of 2 witnesses", "+witnesses: dune, rock"),
    )
    table.own(
        claim,
        "less",
        "seen-by-witnesses-that-the-server-names",
        "The witnesses are named by the server itself, and the verdict says so.",
        true=true,
        checkpoint=note,
        policy=PLAIN,
        source="server",
        report=vouched(PLAIN, start, seen=seen),
        page=("+verdict.seen.today", "+source.server.witnesses"),
        command=("+The server itself names these witnesses",),
    )
    beside = policy_of(
        "all", "dune", "rock", dune="http://127.0.0.1:8701/w", rock="http://localhost/"
    )
    table.own(
        claim,
        "less",
        "seen-by-witnesses-on-the-ledgers-own-machine",
        "The witnesses run where the ledger runs: that others looked is not claimed.",
        true=true,
        checkpoint=note,
        policy=beside,
        report=vouched(beside, start, seen=seen, beside=seen),
        page=("+verdict.seen.own.today", "-verdict.seen.today"),
        command=(f"+{BESIDE}",),
    )
    table.own(
        claim,
        "less",
        "seen-by-nobody",
        "The policy asks for no witness.",
        true=true,
        report=vouched(NOBODY, None),
        page=("+verdict.as-of", "+absent.witnesses", "-verdict.seen"),
        command=(f"+{ALONE}", "-seen by"),
    )
    table.own(
        claim,
        "no",
        "carries-cosignatures-over-from-another-history",
        "The ledger shows a second history, with the lines of witnesses of the first.",
        true=SecondLedger().begin(),
        checkpoint=SecondLedger().begin().checkpoint() + note[len(true.checkpoint()) :],
        policy=PLAIN,
        code="quorum",
        step=17,
        refusal={"witnessed_at": None, "is_clock_doubtful": False},
        page=("+code.quorum", "-verdict.seen.today"),
        command=("+cannot check", "+cosigned by nobody"),
    )
    for vector, says in (
        ("times.json:claims-witnesses-that-never-signed", "None has signed."),
        ("times.json:claims-a-quorum-of-one", "One of two has."),
        ("times.json:forges-a-cosignature", "One line is forged."),
        ("times.json:repeats-a-cosignature", "One line is there twice."),
        ("ledgers.json:presents-a-second-ledger-to-who-asks-for-witnesses", "None."),
    ):
        table.lie(
            claim,
            vector,
            says,
            page=("+code.quorum", "+verdict.quorum", "-verdict.seen.today"),
            command=("+cannot check", "+quorum both"),
        )
    table.lie(
        claim,
        "times.json:shows-the-ledger-of-before-the-recall",
        "They saw it two days ago, before the recall.",
        page=("+verdict.stale.title", "-verdict.seen.today"),
        command=("+cannot check", "+out of date since 2026-06-12T00:0"),
    )


def printed(table):
    """Extends what was printed: the fragment of the label was compared."""
    claim = "extends what was printed"
    true = Story().begin().recall().end()
    size = true.at["sold"] + 1
    table.own(
        claim,
        "yes",
        "extends-the-tree-of-the-label",
        "Today's ledger extends the one that the label was printed from.",
        true=true,
        label=size,
        report={"label_size": size, "absent": ["replay", "witnesses"]},
        page=("-absent.label",),
    )
    table.own(
        claim,
        "less",
        "scans-a-code-without-a-fragment",
        "What was scanned has no fragment: nothing is compared, and that is said.",
        report=vouched(NOBODY, None),
        page=("+absent.label",),
        command=("+label",),
    )
    for vector, says in (
        ("label.json:another-history-than-the-label", "The history is another."),
        ("label.json:label-not-compared", "The comparison is withheld."),
        ("label.json:cut-back-to-before-the-label", "The ledger is shorter."),
    ):
        table.lie(claim, vector, says, page=("-verdict.verified.title",))


def honest_page(table):
    """The page is honest: never claimed."""
    claim = "the page is honest"
    table.own(
        claim,
        "less",
        "a-page-that-shows-what-was-signed",
        "Whoever serves the page can change it: that it is honest is never said.",
        page=("+verdict.verified.title",),
    )
    for name in ("leaves-the-recall-out-of-the-page", "makes-a-record-up"):
        vector = f"pages.json:{name}"
        says = "What the script finds it says; another script would not."
        table.lie(claim, vector, says, page=("-verdict.verified.title",))


def is_true(table):
    """It is true: never claimed."""
    claim = "it is true"
    absurd = Story()
    absurd.begin(**{"caravan:note": "weighs more than the Moon"})
    table.own(
        claim,
        "less",
        "signed-and-untrue",
        "The plant signed what cannot be true: it is verified who said it, and when.",
        true=absurd,
        signed=[absurd.at["packed"], PLANT],
        page=("+verdict.verified.title",),
        command=(f"+{CAVEAT}",),
    )


def vectors():
    """Return the vector file."""
    table = Table()
    for row in (
        signed_by,
        logged_at,
        complete,
        same_history,
        printed,
        honest_page,
        is_true,
    ):
        row(table)
    return {
        "claims.json": {
            "about": "What a verdict claims, row by row; see the maker's docstring.",
            "always": ["footer.truth", "footer.weakness"],
            "never": {
                "en": ["honest", "genuine", "authentic", "this page is", "is proven"],
                "zh": ["诚实", "正品", "保证", "真品", "本页面是"],
            },
            "cases": table.cases,
        }
    }


def _words(marked):
    """Return which words must be said, and which never."""
    return {
        "says": [word[1:] for word in marked if word.startswith("+")],
        "never": [word[1:] for word in marked if word.startswith("-")],
    }
