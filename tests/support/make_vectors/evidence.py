"""Vectors for evidence of a split view: what proves it, and what proves nothing."""

from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import cosignature as cosignatures
from tests.support.make_vectors import note as notes
from tests.support.reference import checkpoint as checkpoint_reference
from tests.support.reference import encoding, merkle
from tests.support.reference import note as note_reference

ORIGIN, OTHER = checkpoints.ORIGIN, checkpoints.OTHER
ENTRIES = [f"entry {index}\n".encode() for index in range(13)]
# The same up to the fourth entry; from there on it was told otherwise.
ELSE = ENTRIES[:4] + [f"other {index}\n".encode() for index in range(4, 13)]
KEYS = [checkpoints.log_vkey()]


def signed(entries, size=None, *, origin=ORIGIN, word="log", more=()):
    """Return the signed checkpoint of a log of these entries."""
    size = len(entries) if size is None else size
    text = checkpoint_reference.text(origin, size, merkle.root(entries))
    return note_reference.note(text, notes.line(origin, word, text), *more)


def by_another(entries):
    """Return the checkpoint of a log of these entries, signed by another log."""
    text = checkpoint_reference.text(ORIGIN, len(entries), merkle.root(entries))
    return note_reference.note(text, notes.line(OTHER, "log", text))


def document(first, second, root=None, proof=(), **changes):
    """Return a document of parts as they are."""
    members = {
        "first": first,
        "format": "caravan/split-view/v1",
        "proof": [encoding.encode_base64(node) for node in proof],
        "root": None if root is None else encoding.encode_base64(root),
        "second": second,
    }
    return encoding.canonical(members | changes).decode()


def between(first_entries, second_entries, **changes):
    """Return the document about two logs, the second at least as long."""
    size = len(first_entries)
    parts = {"first": signed(first_entries), "second": signed(second_entries)}
    if size < len(second_entries):
        parts["root"] = merkle.root(second_entries[:size])
        parts["proof"] = merkle.consistency_proof(size, second_entries)
    return document(**parts | changes)


def forms():
    """Return texts that are of this form or not, by what they are like."""
    good = between(ENTRIES[:7], ELSE)
    return {
        "sizes-differ": (good, "ok"),
        "sizes-equal": (between(ENTRIES, ELSE), "ok"),
        "notes-are-anything": (document("", "milk"), "ok"),
        "empty": ("", "evidence"),
        "not-canonical": (good.replace(":", ": ", 1), "evidence"),
        "an-array": ("[]", "evidence"),
        "another-version": (good.replace("view/v1", "view/v2"), "unknown-version"),
        "a-passport": (good.replace("split-view", "passport"), "evidence"),
        "no-format": (good.replace('"format"', '"formal"'), "evidence"),
        "one-member-more": (between(ENTRIES, ELSE, note="x"), "evidence"),
        "first-is-null": (between(ENTRIES, ELSE, first=None), "evidence"),
        "second-is-a-number": (between(ENTRIES, ELSE, second=1), "evidence"),
        "proof-is-text": (document("", "").replace("[]", '""'), "evidence"),
        "root-of-31-bytes": (document("", "", bytes(31)), "evidence"),
        "hash-of-33-bytes": (document("", "", None, [bytes(33)]), "evidence"),
        "hash-is-a-number": (document("", "").replace("[]", "[1]"), "evidence"),
        "root-is-a-number": (document("", "").replace("null", "1"), "evidence"),
    }


def judged():
    """Return (document, listed keys, whether it proves something), by its lie."""
    first, root = ENTRIES[:7], merkle.root(ELSE[:7])
    proof = merkle.consistency_proof(7, ELSE)
    two_keys = [checkpoints.log_vkey(), checkpoints.log_vkey("next-log")]
    cosigned = signed(ELSE, more=[cosignatures.line()])
    next_key = signed(ELSE, word="next-log")
    none = document(signed([], 0), signed(ELSE), merkle.root([]))
    false = document(signed(ELSE[:3], 0), signed(ELSE), merkle.root([]))
    twice = note_reference.note(
        checkpoint_reference.text(ORIGIN, 13, merkle.root(ELSE)),
        *[notes.line(ORIGIN, "log", signed(ELSE).partition("\n\n")[0] + "\n")] * 2,
    )
    elsewhere = signed(ELSE, origin=OTHER)
    true = {
        "sizes-differ": (between(first, ELSE), KEYS),
        "sizes-equal": (between(ENTRIES, ELSE), KEYS),
        "sizes-equal-the-other-way-round": (between(ELSE, ENTRIES), KEYS),
        "one-after-a-power-of-two": (between(ENTRIES[:8], ELSE), KEYS),
        "first-of-one-entry": (between([b"x"], ELSE), KEYS),
        "second-cosigned": (document(signed(first), cosigned, root, proof), KEYS),
        "each-by-a-key-of-its-own": (
            document(signed(first), next_key, root, proof),
            two_keys,
        ),
        "an-empty-tree-with-a-root": (false, KEYS),
    }
    nothing = {
        "the-second-continues-the-first": (between(ENTRIES[:7], ENTRIES), KEYS),
        "continued-from-before-the-fork": (between(ENTRIES[:4], ELSE), KEYS),
        "the-same-twice": (between(ENTRIES, ENTRIES), KEYS),
        "an-empty-tree": (none, KEYS),
        "sizes-equal-with-a-root": (
            between(ENTRIES, ELSE, root=merkle.root(ELSE)),
            KEYS,
        ),
        "sizes-equal-with-a-proof": (between(ENTRIES, ELSE, proof=proof), KEYS),
        "no-root": (document(signed(first), signed(ELSE), None, proof), KEYS),
        "root-made-up": (document(signed(first), signed(ELSE), bytes(32), proof), KEYS),
        "no-proof": (document(signed(first), signed(ELSE), root), KEYS),
        "proof-of-another-tree": (
            document(
                signed(first), signed(ELSE), root, merkle.consistency_proof(7, ENTRIES)
            ),
            KEYS,
        ),
        "proof-without-its-last": (
            document(signed(first), signed(ELSE), root, proof[:-1]),
            KEYS,
        ),
        "proof-with-one-more": (
            document(signed(first), signed(ELSE), root, [*proof, bytes(32)]),
            KEYS,
        ),
        "the-larger-first": (document(signed(ELSE), signed(first), root, proof), KEYS),
        "no-key-listed": (between(ENTRIES, ELSE), []),
        "another-key-listed": (between(ENTRIES, ELSE), two_keys[1:]),
        "key-listed-under-another-name": (
            between(ENTRIES, ELSE),
            [checkpoints.log_vkey(name=OTHER)],
        ),
        "by-the-key-of-another-log": (
            document(by_another(ENTRIES), by_another(ELSE)),
            [*KEYS, checkpoints.log_vkey(name=OTHER)],
        ),
        "second-by-an-unlisted-key": (
            document(signed(first), next_key, root, proof),
            KEYS,
        ),
        "first-by-an-unlisted-key": (
            document(signed(first, word="next-log"), signed(ELSE), root, proof),
            KEYS,
        ),
        "first-by-a-witness-alone": (
            document(
                note_reference.note(
                    signed(first).partition("\n\n")[0] + "\n", cosignatures.line()
                ),
                signed(ELSE),
                root,
                proof,
            ),
            KEYS,
        ),
        "second-with-a-false-signature": (
            document(
                signed(first),
                signed(ELSE).replace("\n13\n", "\n14\n"),
                root,
                merkle.consistency_proof(7, [*ELSE, b"x"]),
            ),
            KEYS,
        ),
        "second-signed-twice": (document(signed(first), twice, root, proof), KEYS),
        "second-of-another-log": (
            document(signed(first), elsewhere, root, proof),
            [*KEYS, checkpoints.log_vkey(name=OTHER)],
        ),
        "second-of-another-log-by-this-key": (
            document(
                signed(first),
                note_reference.note(
                    elsewhere.partition("\n\n")[0] + "\n",
                    notes.line(ORIGIN, "log", elsewhere.partition("\n\n")[0] + "\n"),
                ),
                root,
                proof,
            ),
            KEYS,
        ),
        "first-is-no-note": (document("nothing\n", signed(ELSE), root, proof), KEYS),
        "second-is-a-statement": (
            document(
                signed(first),
                note_reference.note("30 kg\n", notes.line(text="30 kg\n")),
            ),
            KEYS,
        ),
    }
    return {name: (*case, "ok") for name, case in true.items()} | {
        name: (*case, "evidence") for name, case in nothing.items()
    }


def vectors():
    """Return the vector files of evidence."""
    return {
        "parse.json": {
            "about": "A text is a document of this form, or is refused.",
            "cases": [
                {"name": name, "evidence": text, "want": want}
                for name, (text, want) in forms().items()
            ],
        },
        "verify.json": {
            "about": "Listed keys of one log signed two histories, or this proves "
            "nothing.",
            "cases": [
                {"name": name, "evidence": text, "log_keys": keys, "want": want}
                for name, (text, keys, want) in judged().items()
            ],
        },
    }
