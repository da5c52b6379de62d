"""Vectors for the verifier of a passport: an honest one, and one for each lie.

``step`` and ``code`` say where and why it must fall, ``index`` which entry is named.
The ledgers that lie are consistent in every hash, so that each lie is found by the
step that is there for it.
"""

import json

from ledger.cosignature import Cosigner, sign_cosignature
from ledger.note import Note, NoteSigner, parse_note, sign_note
from ledger.signatures import SigningKey
from tests.support.forge import (
    ANIMAL,
    HERDER,
    HOST,
    LEDGER,
    ORIGIN,
    OTHER_PARTY,
    PARTY,
    REGISTRAR,
    WELL,
    Forge,
    begun,
    flipped,
    honest,
    policy_text,
    relabelled,
    signer,
)
from tests.support.make_vectors import _alarms as alarms
from tests.support.make_vectors import _below as below
from tests.support.make_vectors import _closures as closures
from tests.support.make_vectors import _labels as labels
from tests.support.make_vectors import _lists as lists
from tests.support.make_vectors import _nearly as nearly
from tests.support.make_vectors import _witnesses as witnesses

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
WITNESSES = [
    Cosigner(f"witness.example/{word}", signer(f"witness.example/{word}").key)
    for word in ("dune", "rock")
]
UNKNOWING = {
    "cannot-check",
    "label",
    "not-found",
    "quorum",
    "stale",
    "unknown-version",
}
DECLARED = {"errorDeclaration": {"declarationTime": "2026-06-12T09:00:00+08:00"}}


def case(forge, *, step=None, code="ok", index=None, document=None, **question):
    """Return one case: a question about a document, and the answer wanted."""
    if document is None:
        document = forge.passport().to_bytes().decode()
    elif not isinstance(document, str):
        document = document.to_bytes().decode()
    outcome = "not-verified"
    if code == "ok":
        outcome = "verified"
    elif step == 2 or code in UNKNOWING:
        outcome = "cannot-check"
    return {
        "passport": document,
        "subject": ANIMAL,
        "policy": policy_text(),
        "now_ms": forge.now_ms,
        **question,
        "want": code,
        "outcome": outcome,
        "step": step,
        "index": index,
    }


def document(**changes):
    """Return the honest passport as JSON with members changed; None leaves one out."""
    members = json.loads(honest().passport().to_bytes()) | changes
    left_out = {name for name, value in changes.items() if value is None}
    return spell({name: v for name, v in members.items() if name not in left_out})


def spell(members):
    """Return canonical JSON; the members of a passport sort by code point."""
    return json.dumps(
        members, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def members():
    """Return the honest passport's members."""
    return json.loads(honest().passport().to_bytes())


def of_form():
    """Return lies about the document itself: steps 1 and 2."""
    good = honest()
    entries = members()["entries"]

    lists = members()["lists"]
    listed = lists["subjects"]

    def lie(step, code, **changes):
        return case(good, step=step, code=code, document=document(**changes))

    def of_lists(*subjects):
        return lie(1, "passport", lists=lists | {"subjects": [*subjects]})

    other = policy_text(log=signer("oasis.example/milk-0badcafe"))
    return {
        "not-json": case(good, step=1, code="passport", document="passport"),
        "not-canonical": case(
            good, step=1, code="passport", document=document().replace(":", ": ", 1)
        ),
        "later-version": lie(1, "unknown-version", format="caravan/passport/v4"),
        "earlier-version": lie(1, "unknown-version", format="caravan/passport/v2"),
        "no-version": lie(1, "passport", format=None),
        "unknown-member": lie(1, "passport", verdict="verified"),
        "unknown-member-without-a-name": lie(1, "passport", **{"": "verified"}),
        "no-nodes": lie(1, "passport", nodes=None),
        "entries-descend": lie(1, "passport", entries=entries[::-1]),
        "an-entry-twice": lie(1, "passport", entries=[entries[0], *entries]),
        "no-entries": lie(1, "passport", entries=[]),
        "index-is-no-integer": lie(1, "passport", entries=[[True, "x"], *entries]),
        "no-lists": lie(1, "passport", lists=None),
        "lists-are-an-array": lie(1, "passport", lists=[]),
        "unknown-member-of-lists": lie(1, "passport", lists=lists | {"root": ""}),
        "lists-without-a-proof": lie(1, "passport", lists={"subjects": listed}),
        "proof-is-text": lie(1, "passport", lists=lists | {"proof": "."}),
        "names-descend": of_lists(*listed[::-1]),
        "a-name-twice": of_lists(listed[0], *listed),
        "name-of-blanks": of_lists([" ", []], *listed),
        "name-is-a-number": of_lists([1, []]),
        "list-without-a-name": of_lists([[5]]),
        "list-of-one-index-that-is-no-array": of_lists([ANIMAL, 5]),
        "list-descends": of_lists([ANIMAL, [6, 5]]),
        "list-with-an-index-twice": of_lists([ANIMAL, [5, 5]]),
        "list-with-a-negative-index": of_lists([ANIMAL, [-1]]),
        "list-with-a-fraction": of_lists([ANIMAL, [5.5]]),
        "list-with-text": of_lists([ANIMAL, ["5"]]),
        "node-of-31-bytes": lie(1, "passport", nodes=["AAAA"]),
        **labels.of_form(lie),
        "passport-of-another-code": case(
            good, step=1, code="passport", subject=f"{ANIMAL}7"
        ),
        "policy-of-another-ledger": case(
            good, step=2, code="unknown-key", policy=other
        ),
        "policy-unreadable": case(good, step=2, code="policy", policy="log\n"),
    }


def of_tree():
    """Return lies about checkpoint, inclusion and the last seal: steps 3 to 5."""
    good = honest()
    size = len(good.entries)
    checkpoint = good.checkpoint()
    line = checkpoint.partition(b"\n\n")[2].decode()
    nodes, entries = members()["nodes"], members()["entries"]
    one_less = good.passport(without=[5])
    changed = [[i, t.replace("T06:02", "T06:09")] for i, t in entries]
    swapped = [[i, entries[{6: 7, 7: 6}.get(i, i)][1]] for i, _ in entries]

    def lie(step, code, index=None, **changes):
        text = document(**changes)
        return case(good, step=step, code=code, index=index, document=text)

    def part(nodes):
        given = [[i, entry.decode()] for i, entry in one_less.entries]
        return document(entries=given, nodes=nodes)

    hashes = json.loads(one_less.to_bytes())["nodes"]
    thief = signer(ORIGIN, "another key")
    open_end = honest()
    open_end.event(4)
    misplaced = honest()
    misplaced.event(4)
    misplaced.seal(index=3, previous=None)
    foreign = honest()
    foreign.event(4)
    foreign.seal(origin="oasis.example/milk-0badcafe")
    return {
        "checkpoint-signature-changed": lie(
            3, "signature", checkpoint=flipped(checkpoint).decode()
        ),
        "checkpoint-is-no-note": lie(3, "note", checkpoint=f"{ORIGIN}\n1\n"),
        "checkpoint-with-an-extension-line": case(
            good,
            step=3,
            code="checkpoint",
            document=document(
                checkpoint=sign_note(
                    good.checkpoint().partition(b"\n\n")[0] + b"\nmore\n", [LEDGER]
                )
                .to_bytes()
                .decode()
            ),
        ),
        "checkpoint-of-another-ledger": lie(
            2, "unknown-key", checkpoint="oasis.example/milk-0badcafe\n1\n"
        ),
        "checkpoint-by-another-key": lie(
            3, "unknown-key", checkpoint=good.checkpoint(thief).decode()
        ),
        "checkpoint-signed-twice": lie(
            3, "signature", checkpoint=checkpoint.decode() + line
        ),
        "checkpoint-size-changed": lie(
            3,
            "signature",
            checkpoint=checkpoint.decode().replace(f"\n{size}\n", f"\n{size + 1}\n"),
        ),
        "a-fact-changed": lie(4, "root-mismatch", 6, entries=changed),
        "two-entries-swapped": lie(4, "root-mismatch", 6, entries=swapped),
        "node-changed": case(
            good,
            step=4,
            code="root-mismatch",
            document=part(["A" * 43 + "=", *hashes[1:]]),
        ),
        "node-missing": case(
            good, step=4, code="proof-shape", document=part(hashes[1:])
        ),
        "node-too-many": lie(4, "proof-shape", nodes=[*nodes, "A" * 43 + "="]),
        "last-entry-withheld": case(
            good,
            step=4,
            code="not-verified",
            document=good.passport(without=[size - 1]).to_bytes().decode(),
        ),
        "signed-without-a-seal": case(
            open_end, step=5, code="seal", index=len(open_end.entries) - 1
        ),
        "last-seal-of-another-place": case(
            misplaced, step=5, code="seal-mismatch", index=len(misplaced.entries) - 1
        ),
        "last-seal-of-another-ledger": case(
            foreign, step=5, code="wrong-origin", index=len(foreign.entries) - 1
        ),
    }


def of_directory():
    """Return lies about who may sign what: step 6."""

    def lie(code, build, index):
        forge = begun()
        build(forge)
        forge.event(1)
        forge.seal()
        return case(forge, step=6, code=code, index=index)

    impostor = signer(f"{HOST}/registrar", "impostor")
    # Found by trying: two keys of one name whose ids are the same four bytes. What the
    # second introduces is signed by the first, which the directory has.
    first, other = (
        NoteSigner(f"{HOST}/well", SigningKey.from_seed(number.to_bytes(32)))
        for number in (12_044, 84_788)
    )
    both = (REGISTRAR, first)
    no_genesis = Forge()
    no_genesis.admit()
    no_genesis.authorize()
    no_genesis.event(1)
    no_genesis.seal()
    begun_by_event = Forge()
    begun_by_event.event(1)
    begun_by_event.seal()
    return {
        "genesis-withheld": case(
            honest(),
            step=6,
            code="incomplete",
            document=honest().passport(without=[0]).to_bytes().decode(),
        ),
        "begins-with-an-admission": case(
            no_genesis, step=6, code="unknown-key", index=0
        ),
        "begins-with-an-event": case(begun_by_event, step=7, code="authority", index=0),
        "second-genesis": lie(
            "authority", lambda f: f.genesis(registrar=signer(f"{HOST}/coup")), 5
        ),
        "admitted-by-nobody": lie(
            "unknown-key", lambda f: f.admit(OTHER_PARTY, by=impostor), 5
        ),
        "admitted-by-a-party": lie(
            "authority", lambda f: f.admit(OTHER_PARTY, by=HERDER), 5
        ),
        "authorized-without-proof-of-possession": lie(
            "authority", lambda f: f.authorize(WELL, signers=(REGISTRAR,)), 5
        ),
        "authorized-with-the-possession-of-another-key": lie(
            "unknown-key", lambda f: f.authorize(WELL, signers=(REGISTRAR, impostor)), 5
        ),
        "another-key-under-a-name-and-id-bound-before": lie(
            "authority",
            lambda f: [f.authorize(first), f.authorize(other, signers=both)],
            6,
        ),
        "authorized-by-a-key-that-is-no-officer": lie(
            "authority", lambda f: f.authorize(WELL, signers=(HERDER, WELL)), 5
        ),
        "key-bound-twice": lie(
            "authority", lambda f: f.authorize(HERDER, importer=True), 5
        ),
        "unknown-member-in-an-admission": lie(
            "statement-format", lambda f: f.admit(OTHER_PARTY, boss=True), 5
        ),
        "directory-signature-changed": lie(
            "signature",
            lambda f: f.add(flipped(f.entries[3]), [PARTY]),
            5,
        ),
        "directory-text-logged-twice": lie(
            "duplicate", lambda f: f.add(f.entries[2], [PARTY]), 5
        ),
    }


def of_events():
    """Return lies about events: step 7."""

    def lie(code, build, step=7, index=5):
        forge = begun()
        build(forge)
        forge.seal()
        return case(forge, step=step, code=code, index=index)

    def replayed(forge):
        entry = forge.event_entry(1, origin="oasis.example/milk-0badcafe")
        forge.add(entry, [ANIMAL])

    def revoked(forge):
        forge.revoke()
        forge.event(1)

    def narrowed(forge):
        forge.admit(steps=[["arriving", None]])
        forge.event(1)

    def not_canonical(forge):
        entry = forge.event_entry(1)
        text = entry.replace(b'"action":', b'"action": ', 1).partition(b"\n\n")[0]
        text += b"\n"
        line = HERDER.sign(text)
        forge.add(Note(text, (line,)).to_bytes(), [ANIMAL])

    nobody = signer(f"{HOST}/nobody")
    return {
        "statement-of-another-ledger": lie("wrong-origin", replayed),
        "signer-unknown": lie("unknown-key", lambda f: f.event(1, nobody)),
        "signer-revoked-before": lie("authority", revoked, index=6),
        "right-taken-away-before": lie("authority", narrowed, index=6),
        "right-never-held": lie("authority", lambda f: f.event(1, bizStep="killing")),
        "registrar-signs-an-event": lie("authority", lambda f: f.event(1, REGISTRAR)),
        "ledger-key-signs-an-event": lie("authority", lambda f: f.event(1, LEDGER)),
        "signature-changed": lie(
            "signature", lambda f: f.add(flipped(f.event_entry(1)), [ANIMAL])
        ),
        "signature-relabelled": lie(
            "statement-format",
            lambda f: f.add(relabelled(f.event_entry(1), f"{HOST}/well"), [ANIMAL]),
        ),
        "co-signer-stripped": lie(
            "statement-format",
            lambda f: f.add(
                _without_last_line(f.event_entry(1, HERDER, WELL)), [ANIMAL]
            ),
        ),
        "body-not-canonical": lie("encoding", not_canonical),
        "check-digit-wrong": lie(
            "event",
            lambda f: f.event(
                1, epcList=["https://id.gs1.org/01/09520123456789", ANIMAL]
            ),
        ),
        "real-time-never": lie(
            "event", lambda f: f.event(1, eventTime="2026-02-30T06:00:00+08:00")
        ),
        "event-text-logged-twice": lie(
            "duplicate", lambda f: [f.event(1), f.event(1)], index=6
        ),
        "entry-of-a-later-version": lie(
            "unknown-version",
            lambda f: f.add(b"caravan/statement/v2" + f.event_entry(1)[20:], [ANIMAL]),
            step=6,
        ),
    }


def of_time():
    """Return lies about seals and event identifiers: steps 13 to 15."""
    second = signer(ORIGIN, "second ledger key")
    two_keys = Forge()
    two_keys.genesis(ledger_keys=(LEDGER, second))
    two_keys.seal()
    two_keys.admit()
    two_keys.authorize()
    two_keys.event(1)
    two_keys.seal()
    signed = two_keys.checkpoint(LEDGER, second)
    both = two_keys.passport(checkpoint=signed)
    doubled = two_keys.passport(
        checkpoint=signed + signed[signed.rindex("—".encode()) :]
    )
    forged = two_keys.passport(checkpoint=flipped(signed))

    withheld = begun()
    withheld.event(1)
    closing = withheld.seal()
    withheld.event(2)
    withheld.seal()

    backwards = begun()
    backwards.event(1)
    backwards.seal(minutes=-30)

    skipping = begun()
    skipping.event(1)
    skipping.seal(previous=None)

    skipping_one = begun()
    skipping_one.event(1)
    skipping_one.seal(previous=1)

    # What an officer decided is not about the animal; its key had an end all the same.
    officer = signer(f"{HOST}/officer")
    by_officer = begun()
    by_officer.authorize(officer, officer=True, until="2026-06-12T01:00:00.000Z")
    by_officer.seal()
    by_officer.authorize(WELL, signers=(officer, WELL))
    closing_officer = by_officer.seal()
    by_officer.event(1, WELL)
    by_officer.seal()

    another_party = begun()
    another_party.admit(OTHER_PARTY)
    another_party.authorize(WELL, OTHER_PARTY)
    another_party.event(1)
    another_party.event(1, WELL)
    another_party.seal()

    not_its_own = begun()
    not_its_own.admit(OTHER_PARTY)
    not_its_own.authorize(WELL, OTHER_PARTY)
    not_its_own.event(1, WELL)
    not_its_own.event(1, **DECLARED)
    not_its_own.seal()

    late = begun()
    late.authorize(WELL, importer=True)
    taken_over = {"caravan:source": {"register": "herd book", "record": "7"}}
    for number, by in ((1, HERDER), (2, WELL)):
        late.event(number, by, eventTime="2026-06-01T06:00:00+08:00", **taken_over)
    late.seal()

    before_statement = begun()
    before_statement.event(1)
    before_statement.event(2)
    before_statement.seal(previous=5)

    def ending(minutes):
        forge = Forge()
        forge.genesis()
        forge.seal()
        forge.admit()
        forge.authorize(until="2026-06-12T00:05:00.000Z")
        forge.seal()
        forge.event(1)
        forge.seal(minutes=minutes)
        return forge

    def reused(*events):
        forge = begun()
        forge.event(1)
        for members in events:
            forge.event(1, **members)
        forge.seal()
        return forge

    other_id = begun()
    other_id.event(1, **DECLARED)
    other_id.seal()
    changed = DECLARED | {"eventTime": "2026-06-11T07:00:00+08:00"}
    twice = {"errorDeclaration": {"declarationTime": "2026-06-12T10:00:00+08:00"}}
    return {
        "two-ledger-keys": case(two_keys, document=both.to_bytes().decode()),
        "second-ledger-key-has-not-signed": case(two_keys, step=13, code="unknown-key"),
        "second-ledger-key-signed-twice": case(
            two_keys, step=13, code="signature", document=doubled.to_bytes().decode()
        ),
        "second-ledger-key-signature-changed": case(
            two_keys, step=13, code="signature", document=forged.to_bytes().decode()
        ),
        "closing-seal-withheld": case(
            withheld,
            step=14,
            code="seal-mismatch",
            index=5,
            document=withheld.passport(without=[closing]).to_bytes().decode(),
        ),
        "seal-backdated": case(backwards, step=14, code="seal-mismatch", index=6),
        "seal-skips-its-predecessor": case(
            skipping, step=14, code="seal-mismatch", index=6
        ),
        "late-unless-an-importer-took-it-over": case(late, flags=[[6, "late"]]),
        "seal-skips-one-before": case(
            skipping_one, step=14, code="seal-mismatch", index=6
        ),
        "closing-seal-of-a-key-that-ends-withheld": case(
            by_officer,
            step=14,
            code="seal-mismatch",
            index=7,
            document=by_officer.passport(without=[closing_officer]).to_bytes().decode(),
        ),
        "seal-names-a-statement-as-seal": case(
            before_statement, step=14, code="seal-mismatch", index=7
        ),
        "key-still-in-force": case(ending(2)),
        "key-ended-at-the-seal": case(
            ending(3), step=14, code="seal-mismatch", index=5
        ),
        "declared-in-error": case(reused(DECLARED)),
        "event-id-used-again": case(
            reused({"bizStep": "departing"}), step=15, code="event-reused", index=6
        ),
        "event-id-used-again-with-a-number": case(
            reused({"caravan:seq": 0}), step=15, code="event-reused", index=6
        ),
        "event-id-of-another-party": case(another_party),
        "declared-in-error-what-another-party-said": case(
            not_its_own, step=15, code="incomplete", index=8
        ),
        "declaration-changes-the-body": case(
            reused(changed), step=15, code="event-reused", index=6
        ),
        "declared-in-error-twice": case(
            reused(DECLARED, twice), step=15, code="event-reused", index=7
        ),
        "original-of-a-declaration-withheld": case(
            other_id, step=15, code="incomplete", index=5
        ),
    }


def of_witnesses():
    """Return what witnesses vouch for, and lies about it: step 17."""
    good = honest()
    dune, rock = WITNESSES
    named = [
        f"witness {w.name.rpartition('/')[2]} {w.vkey.to_text()}" for w in WITNESSES
    ]
    both = policy_text(*named, "group g all dune rock", "quorum g")
    one = policy_text(*named, "group g any dune rock", "quorum g")
    start = good.now_ms // 1000

    def asked(*lines, policy=both, now_ms=good.now_ms, **wanted):
        note = good.checkpoint()
        text = parse_note(note).text
        for witness, seconds in lines:
            note += _cosigned(witness, seconds, text)
        passport = good.passport(checkpoint=note).to_bytes().decode()
        return case(good, document=passport, policy=policy, now_ms=now_ms, **wanted)

    hasty = Forge()
    hasty.genesis(max_age=60)
    hasty.seal()
    hasty.admit()
    hasty.authorize()
    hasty.event(1)
    hasty.seal()
    note = hasty.checkpoint()
    text = parse_note(note).text
    note += b"".join(_cosigned(w, hasty.now_ms // 1000, text) for w in WITNESSES)
    hasty_document = hasty.passport(checkpoint=note).to_bytes().decode()
    forged = good.checkpoint() + flipped(
        _cosigned(dune, start, parse_note(good.checkpoint()).text)
    )
    forged_passport = good.passport(checkpoint=forged).to_bytes().decode()
    late = start + 23 * 3600
    return {
        "cosigned-by-both": asked((dune, start), (rock, start)),
        "cosigned-by-one-of-any": asked((rock, start), policy=one),
        "no-cosignature": asked(step=17, code="quorum"),
        "one-of-two": asked((dune, start), step=17, code="quorum"),
        "one-of-two-twice": asked((dune, start), (dune, start), step=17, code="quorum"),
        "cosignature-forged": case(
            good, document=forged_passport, policy=one, step=17, code="quorum"
        ),
        "cosigned-in-the-future": asked(
            (dune, start), (rock, start + 301), step=17, code="quorum"
        ),
        "cosigned-within-five-minutes-of-now": asked(
            (dune, start), (rock, start + 299)
        ),
        "out-of-date": asked(
            (dune, start),
            (rock, late),
            now_ms=good.now_ms + DAY + MINUTE,
            step=17,
            code="stale",
        ),
        "out-of-date-where-a-minute-is-long": case(
            hasty,
            document=hasty_document,
            policy=both,
            now_ms=hasty.now_ms + MINUTE + 1,
            step=17,
            code="stale",
        ),
        "in-time-where-a-minute-is-long": case(
            hasty,
            document=hasty_document,
            policy=both,
            now_ms=hasty.now_ms + MINUTE,
        ),
        "seen-by-any-within-a-day": asked(
            (dune, start), (rock, late), policy=one, now_ms=good.now_ms + DAY + MINUTE
        ),
        "cosigned-at-no-time": asked((dune, 0), (rock, start), step=17, code="quorum"),
        "sealed-five-minutes-after-it-was-cosigned": asked(
            (dune, start - 300), (rock, start - 300)
        ),
        "sealed-after-it-was-cosigned": asked(
            (dune, start - 301), (rock, start - 301), step=17, code="cannot-check"
        ),
    }


def vectors():
    """Return the vector files."""
    cases = of_form() | of_tree() | of_directory() | of_events() | of_time()
    cases = {"honest": case(honest())} | cases | of_witnesses()
    return {
        "passports.json": {
            "about": "What a verifier makes of a passport; see the makers' docstring.",
            "cases": named(cases),
        },
        "labels.json": {
            "about": "What a verifier makes of a printed label: step 18.",
            "cases": named(labels.cases(case)),
        },
        "lists.json": {
            "about": "What a verifier makes of the lists of a passport: steps 8 to 10.",
            "cases": named(lists.cases(case)),
        },
        "closures.json": {
            "about": "What a code leads to: steps 11 and 12; see their makers' text.",
            "cases": named(
                closures.cases(case) | nearly.cases(case) | below.cases(case)
            ),
        },
        "witnesses.json": {
            "about": "What witnesses vouch for, and whose clock is wrong: step 17; "
            "see the makers' docstring.",
            "cases": named(witnesses.cases(case)),
        },
        "alarms.json": {
            "about": "Whose word counts: the report of step 16; see the makers' "
            "docstring.",
            "cases": named(alarms.cases(case)),
        },
    }


def named(cases):
    """Return cases that tell their names."""
    return [{"name": name, **each} for name, each in cases.items()]


def _cosigned(witness, seconds, text):
    return sign_cosignature(witness, seconds, text).to_line().encode()


def _without_last_line(entry):
    return entry[: entry.rindex(b"\n", 0, -1) + 1]
