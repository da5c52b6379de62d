"""Vectors for receipts: their form, and lies about what a log includes."""

from tests.support.make_vectors import _foreign
from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import cosignature as cosignatures
from tests.support.make_vectors import note as notes
from tests.support.reference import checkpoint as checkpoint_reference
from tests.support.reference import encoding, merkle
from tests.support.reference import note as note_reference
from tests.support.reference import receipt as reference

ORIGIN = checkpoints.ORIGIN
ENTRIES = [f"entry {index}\n".encode() for index in range(13)]
INDEX = 5

SIGSUM = _foreign.Sigsum()


def signed(entries=ENTRIES, *, origin=ORIGIN, word="log", more=()):
    """Return the signed checkpoint of a log of these entries."""
    text = checkpoint_reference.text(origin, len(entries), merkle.root(entries))
    return note_reference.note(text, notes.line(origin, word, text), *more)


def receipt(index=INDEX, entries=ENTRIES, **changes):
    """Return the receipt of an entry, with parts changed."""
    parts = {
        "index": index,
        "proof": merkle.inclusion_proof(index, entries),
        "signed": signed(entries),
    }
    return reference.receipt(**parts | changes)


def forms():
    """Return texts that are receipts or not, by what they are like."""
    good = receipt()
    header = "c2sp.org/tlog-proof@v1\n"
    sibling = encoding.encode_base64(bytes(32))
    hashes = [bytes(32)] * 64

    def with_index(spelled):
        return reference.receipt(spelled, [], signed())

    return {
        "proof-of-four": good,
        "no-proof": receipt(0, ENTRIES[:1]),
        "extra": receipt(extra=b"bytes that nobody signed"),
        "cosigned": receipt(signed=signed(more=[cosignatures.line()])),
        "sigsum": SIGSUM.receipt,
        "sixty-three-hashes": receipt(proof=hashes[:63]),
        "checkpoint-is-anything": receipt(signed="what the note parser refuses"),
        "checkpoint-is-empty": receipt(signed=""),
        "largest-index-that-javascript-counts": with_index(2**53 - 1),
        "empty": "",
        "no-header": good.removeprefix(header),
        "header-of-another-version": good.replace("@v1", "@v2"),
        "header-in-capitals": good.replace("c2sp", "C2SP"),
        "space-after-the-header": good.replace("@v1\n", "@v1 \n"),
        "blank-line-after-the-header": good.replace("@v1\n", "@v1\n\n"),
        "blank-line-first": "\n" + good,
        "byte-order-mark": "\ufeff" + good,
        "carriage-returns": good.replace("\n", "\r\n"),
        "no-index-line": good.replace(f"index {INDEX}\n", ""),
        "index-line-alone": f"{header}index 0\n",
        "index-without-a-number": with_index(""),
        "index-with-a-zero-first": with_index("05"),
        "index-with-a-sign": with_index("+5"),
        "index-below-zero": with_index("-1"),
        "index-of-64-bits": with_index(2**63),
        "index-with-two-spaces": with_index(" 5"),
        "index-in-arabic-digits": with_index("\u0665"),
        "index-before-extra": good.replace("index 5\n", "index 5\nextra YQ==\n"),
        "extra-twice": good.replace("index", "extra YQ==\nextra YQ==\nindex"),
        "extra-with-nothing": receipt(extra=b""),
        "extra-not-padded": good.replace("index", "extra YQ\nindex"),
        "extra-with-trailing-bits": good.replace("index", "extra YR==\nindex"),
        "extra-with-a-space": good.replace("index", "extra YQ== \nindex"),
        "hash-of-31-bytes": receipt(proof=[bytes(31)]),
        "hash-of-33-bytes": receipt(proof=[bytes(33)]),
        "hash-not-padded": receipt(proof=[bytes(32)]).replace(sibling, sibling[:-1]),
        "hash-with-trailing-bits": receipt(proof=[bytes(32)]).replace(
            sibling, "A" * 42 + "B="
        ),
        "hash-in-hex": receipt(proof=[bytes(32)]).replace(sibling, "00" * 32),
        "sixty-four-hashes": receipt(proof=hashes),
        "no-blank-line": good.replace("\n\n", "\n"),
        "line-separator-for-a-newline": good.replace("@v1\n", "@v1\u2028"),
    }


def judged():
    """Return (receipt, entry, origin, listed keys), by the lie."""
    entry = ENTRIES[INDEX]
    known = [checkpoints.log_vkey()]
    proof = merkle.inclusion_proof(INDEX, ENTRIES)
    lies = {
        "true": receipt(),
        "true-with-extra": receipt(extra=b"which nobody signed"),
        "another-index": receipt(signed=signed()).replace("index 5", "index 4"),
        "index-is-the-size": receipt().replace("index 5", "index 13"),
        "index-far-beyond": receipt().replace("index 5", f"index {2**53 - 1}"),
        "proof-of-another-entry": receipt(
            proof=merkle.inclusion_proof(INDEX + 1, ENTRIES)
        ),
        "proof-in-another-order": receipt(proof=proof[::-1]),
        "proof-without-its-last": receipt(proof=proof[:-1]),
        "proof-with-one-more": receipt(proof=[*proof, bytes(32)]),
        "no-proof": receipt(proof=[]),
        "checkpoint-of-a-smaller-tree": receipt(signed=signed(ENTRIES[:12])),
        "checkpoint-of-another-tree": receipt(signed=signed([b"x", *ENTRIES[1:]])),
        "checkpoint-of-another-log": receipt(signed=signed(origin=checkpoints.OTHER)),
        "checkpoint-signed-by-another": receipt(signed=signed(word="next-log")),
        "checkpoint-size-changed": receipt().replace("\n13\n", "\n14\n"),
        "checkpoint-is-no-note": receipt(signed="nothing\n"),
        "checkpoint-is-a-statement": receipt(
            signed=note_reference.note("30 kg\n", notes.line(text="30 kg\n"))
        ),
        "not-a-receipt": signed(),
    }
    cases = {name: (text, entry, ORIGIN, known) for name, text in lies.items()}
    return cases | {
        "only-entry": (receipt(0, ENTRIES[:1]), ENTRIES[0], ORIGIN, known),
        "last-entry": (receipt(12), ENTRIES[12], ORIGIN, known),
        "sigsum": (SIGSUM.receipt, SIGSUM.entry, SIGSUM.origin, [SIGSUM.log_vkey]),
        "another-entry": (receipt(), ENTRIES[4], ORIGIN, known),
        "entry-without-its-newline": (receipt(), entry[:-1], ORIGIN, known),
        "empty-entry": (receipt(), b"", ORIGIN, known),
        "no-key-listed": (receipt(), entry, ORIGIN, []),
    }


def vectors():
    """Return the vector files of receipts."""
    parsed = []
    for name, text in forms().items():
        found = reference.parse(text.encode())
        case = {"name": name, "receipt": text, "want": "receipt-format"}
        if found:
            extra, index, proof, signed_checkpoint = found
            case |= {
                "want": "ok",
                "index": index,
                "proof_hex": [sibling.hex() for sibling in proof],
                "checkpoint": signed_checkpoint.decode(),
                "extra_hex": None if extra is None else extra.hex(),
            }
        parsed.append(case)
    cases = []
    for name, (text, entry, origin, keys) in judged().items():
        known = [note_reference.parse_vkey(key) for key in keys]
        want = reference.judge(text.encode(), entry, origin=origin, keys=known)
        case = {"name": name, "receipt": text, "entry_hex": entry.hex()}
        cases.append(case | {"origin": origin, "log_keys": keys, "want": want})
    return {
        "parse.json": {
            "about": "A text is a receipt with these parts, or is refused.",
            "cases": parsed,
        },
        "verify.json": {
            "about": "The log of this origin includes the entry, or not.",
            "cases": cases,
        },
    }
