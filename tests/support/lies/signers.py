"""Lies about who may sign, and what was signed: steps 6, 7 and 10."""

from ledger.note import Note, parse_note
from tests.support.forge import (
    HOST,
    LEDGER,
    REGISTRAR,
    flipped,
    relabelled,
    signer,
)
from tests.support.lies.evidence import OTHER_ORIGIN
from tests.support.lies.told import OLD, Lie, Story, story
from tests.support.pouch import LAB, PLANT, POUCH, STRANGER, TANK, key_of

LIAR = signer(f"{HOST}/liar")
IMPOSTOR = signer(f"{HOST}/registrar", "the liar's own key")
LIFT = {"epcList": [TANK], "persistentDisposition": {"unset": ["recalled"]}}


def after(do):
    """Return a teller of the whole story and then something more."""

    def tell():
        true = story()
        names = do(true) or ()
        true.seal()
        return true.serve(names=true.closure(also=names))

    return tell


def changed(place, change):
    """Return a teller of a ledger in which one entry is another from the start."""

    def tell():
        true = story()
        lie = _Retold(true.at[place], change)
        lie.begin().recall().end()
        return lie.serve()

    return tell


class _Retold(Story):
    """The story, with other bytes in one place; every hash over them fits."""

    def __init__(self, place, change):
        self._place, self._change = place, change
        super().__init__()

    def add(self, entry, about=()):
        here = len(self.entries) == self._place
        return super().add(self._change(entry) if here else entry, about)


def _relabel(entry):
    """Put another signer's name into the text and above the signature."""
    own, other = key_of(LAB).vkey.label, LIAR.vkey.label
    text = entry.replace(own.encode(), other.encode())
    return relabelled_last(text)


def relabelled_last(entry):
    """Put the liar's name and key id on the last signature line."""
    note = parse_note(entry)
    *lines, last = note.signatures
    moved = type(last)(LIAR.name, LIAR.vkey.key_id, last.signature)
    return Note(note.text, (*lines, moved)).to_bytes()


def _strip(entry):
    """Take the last signer out of the text and its line away."""
    note = parse_note(entry)
    text = note.text.replace(f" {key_of(LAB).vkey.label}".encode(), b"")
    return Note(text, note.signatures[:-1]).to_bytes()


def _strip_line(entry):
    note = parse_note(entry)
    return Note(note.text, note.signatures[:-1]).to_bytes()


def _join(true, party, by, **members):
    """Admit a party and bind its key, as somebody; tell the liar's word with it."""
    true.admit(party, by=by, kind="company", **members)
    true.authorize(key_of(party), party, signers=(by, key_of(party)))
    true.event(61, key_of(party), **LIFT)
    return [party]


def _add_a_key(true):
    true.authorize(LIAR, PLANT, signers=(LEDGER, LIAR))
    true.event(61, LIAR, **LIFT)


def _rotate(true):
    body = {"action": "rotate", "registrar": IMPOSTOR.vkey.to_text()}
    true.directory(body, LEDGER, IMPOSTOR)


def _rotate_without_recovery(true):
    body = {"action": "rotate", "registrar": IMPOSTOR.vkey.to_text()}
    true.directory(body, IMPOSTOR, LEDGER)


def _attest(true):
    true.join(STRANGER)
    true.event(59, key_of(STRANGER), LEDGER, epcList=[POUCH])
    return [STRANGER]


def _lift_by(key):
    def do(true):
        true.event(61, key, **LIFT)

    return do


def _false_lift(true):
    true.add(
        flipped(true.event_entry(61, key_of(PLANT), **LIFT)),
        [TANK, f"{TANK}#alarm"],
    )


def _replay(true):
    entry = true.event_entry(61, key_of(PLANT), origin=OTHER_ORIGIN, **LIFT)
    true.add(entry, [TANK])


def _replay_admission(true):
    body = {"action": "revoke", "key": key_of(PLANT).vkey.to_text(), "party": PLANT}
    true.directory(body, REGISTRAR, about=(PLANT,), origin=OTHER_ORIGIN)


def _again(place):
    def do(true):
        true.add(true.entries[true.at[place]], [POUCH])

    return do


def _no_right(true):
    true.join(STRANGER, rights={"persistent": [], "steps": [["inspecting", None]]})
    true.event(61, key_of(STRANGER), **LIFT)
    return [STRANGER]


def _no_step(true):
    true.join(STRANGER, rights={"persistent": [], "steps": [["arriving", None]]})
    true.event(61, key_of(STRANGER), epcList=[POUCH])
    return [STRANGER]


def _malformed(true):
    true.event(
        61, key_of(PLANT), epcList=[POUCH], eventTime="2026-02-30T06:00:00+08:00"
    )


def _lift_by_stolen_key(how):
    """Return a teller of a lift after a revocation, and of how that is hidden."""

    def tell():
        true = story().join_second_key()
        true.say(PLANT, keys=[OLD], **LIFT)
        true.seal()
        if how == "openly":
            return true.serve()
        hidden = true.at["revoked"]
        if how == "list":
            names = true.closure(PLANT)
            listed = set(true.index.indices(PLANT)) - {hidden}
            return true.serve(names=names, also=listed)
        listed = [i for i in true.index.indices(PLANT) if i != hidden]
        short = {"lists": {PLANT: listed}} if how == "short" else {}
        return true.serve(without=[hidden], **short)

    return tell


LIES = (
    Lie(
        "withholds-the-genesis",
        "does not say who the registrar is",
        6,
        "incomplete",
        lambda: story().serve(without=[0]),
    ),
    Lie(
        "forges-an-admission",
        "admits a party with a key that he calls the registrar's",
        6,
        "unknown-key",
        after(lambda t: _join(t, STRANGER, IMPOSTOR)),
    ),
    Lie(
        "admits-a-party-himself",
        "admits a party with the ledger's key",
        6,
        "authority",
        after(lambda t: _join(t, STRANGER, LEDGER)),
    ),
    Lie(
        "binds-a-key-to-the-plant-himself",
        "gives the plant a key of his own, and lifts the recall with it",
        6,
        "authority",
        after(_add_a_key),
    ),
    Lie(
        "makes-himself-the-registrar",
        "replaces the registrar's key on his own word",
        6,
        "authority",
        after(_rotate),
    ),
    Lie(
        "replaces-the-registrar-without-recovery",
        "replaces the registrar's key with the ledger's in the place of the recovery's",
        6,
        "authority",
        after(_rotate_without_recovery),
    ),
    Lie(
        "replays-a-directory-statement-of-another-ledger",
        "logs a revocation that the registrar signed for another ledger",
        6,
        "wrong-origin",
        after(_replay_admission),
    ),
    Lie(
        "alters-a-statement-and-signs-the-ledger-again",
        "makes the recall a passed test, and every hash over it anew",
        7,
        "signature",
        changed("recall", lambda e: e.replace(b'"recalled"', b'"sellable_accessible"')),
    ),
    Lie(
        "relabels-a-signer",
        "puts a name of his own over a laboratory's signature",
        7,
        "unknown-key",
        changed("packed", _relabel),
    ),
    Lie(
        "moves-a-signature-line",
        "puts another name on a signature line alone",
        7,
        "statement-format",
        changed("packed", lambda e: relabelled(e, LIAR.name)),
    ),
    Lie(
        "strips-a-co-signer",
        "takes the laboratory out of the signers of the packing",
        7,
        "signature",
        changed("packed", _strip),
    ),
    Lie(
        "strips-a-signature",
        "takes the laboratory's signature away",
        7,
        "statement-format",
        changed("packed", _strip_line),
    ),
    Lie(
        "signs-for-the-plant",
        "lifts the recall with a false signature of the plant",
        7,
        "signature",
        after(_false_lift),
    ),
    Lie(
        "signs-with-a-key-of-nobody",
        "lifts the recall with a key that the directory does not have",
        7,
        "unknown-key",
        after(_lift_by(LIAR)),
    ),
    Lie(
        "signs-a-statement-with-the-ledger-key",
        "lifts the recall with the ledger's key",
        7,
        "authority",
        after(_lift_by(LEDGER)),
    ),
    Lie(
        "has-the-ledger-key-attest",
        "attests with the ledger's key what a stranger says of the pouch",
        7,
        "authority",
        after(_attest),
    ),
    Lie(
        "replays-a-statement-of-another-ledger",
        "logs a lift of the recall that the plant signed for another ledger",
        7,
        "wrong-origin",
        after(_replay),
    ),
    Lie(
        "logs-a-statement-twice",
        "logs the packing a second time",
        7,
        "duplicate",
        after(_again("packed")),
    ),
    Lie(
        "logs-the-word-of-a-party-without-the-right",
        "logs a lift of the recall by a party that may not state one",
        7,
        "authority",
        after(_no_right),
    ),
    Lie(
        "logs-a-step-of-a-party-without-the-right",
        "logs an inspection by a party that may only receive goods",
        7,
        "authority",
        after(_no_step),
    ),
    Lie(
        "logs-what-has-no-form",
        "logs an event of the plant at a time that never was",
        7,
        "event",
        after(_malformed),
    ),
    Lie(
        "logs-the-word-of-a-revoked-key",
        "logs a lift of the recall by a stolen key after it was revoked",
        7,
        "authority",
        _lift_by_stolen_key("openly"),
    ),
    Lie(
        "leaves-a-revocation-out",
        "logs the same, and does not give the revocation",
        8,
        "incomplete",
        _lift_by_stolen_key("statement"),
    ),
    Lie(
        "leaves-a-revocation-out-of-its-list",
        "logs the same, and gives neither the revocation nor its place on the list",
        9,
        "incomplete",
        _lift_by_stolen_key("short"),
    ),
    Lie(
        "gives-no-list-of-the-party",
        "logs the same, and does not give the list on which the revocation is",
        10,
        "incomplete",
        _lift_by_stolen_key("list"),
    ),
)
