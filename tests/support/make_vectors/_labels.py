"""Cases of step 18: today's tree has to extend the tree of a printed label.

The labels are printed from the honest ledger, whose sizes are 1 to 11: 2, 4 and 8 are
roots of complete subtrees, which a proof does not repeat.
"""

from dataclasses import replace

from ledger.fragment import fragment_of
from ledger.passport import LabelProof
from tests.support.forge import honest


def of_form(lie):
    """Return documents whose label is none; each falls at step 1."""
    root = "A" * 43 + "="
    good = {"proof": [], "root": root, "size": 1}

    def label(value):
        return lie(1, "passport", label=value)

    return {
        "no-label-member": lie(1, "passport", label=None),
        "label-is-false": label(False),
        "label-is-a-fragment": label("#c=1." + "A" * 32),
        "label-is-an-array": label([1, root]),
        "label-with-another-member": label(good | {"origin": ""}),
        "label-without-a-size": label({"proof": [], "root": root}),
        "label-without-a-root": label({"proof": [], "size": 1}),
        "label-without-a-proof": label({"root": root, "size": 1}),
        "label-of-an-empty-tree": label(good | {"size": 0}),
        "label-of-a-size-that-is-true": label(good | {"size": True}),
        "label-of-a-size-that-is-text": label(good | {"size": "1"}),
        "label-of-a-size-that-is-no-integer": label(good | {"size": 1.5}),
        "label-root-of-24-bytes": label(good | {"root": "A" * 32}),
        "label-root-is-a-number": label(good | {"root": 1}),
        "label-proof-is-text": label(good | {"proof": ""}),
        "label-proof-of-31-bytes": label(good | {"proof": ["A" * 40]}),
    }


def cases(case):
    """Return the cases."""
    good = honest()
    whole = len(good.entries)

    def asked(text, label, code="ok", **more):
        passport = good.passport(label=label)
        step = None if code == "ok" else 18
        return case(good, document=passport, label=text, code=code, step=step, **more)

    def printed(size, **more):
        report = {"absent": ["replay", "witnesses"], "label_size": size}
        return asked(good.fragment(size), good.label(size), report=report, **more)

    def lie(code, size, **changes):
        label = replace(good.label(size), **changes)
        return asked(good.fragment(size), label, code)

    # The same ledger, but for the first weighing.
    other = honest()
    other.entries[5] = other.event_entry(1, eventTime="2026-06-11T06:09:00+08:00")
    proof = good.label(7).proof
    wrong = good.root(3)
    text = good.fragment(7)
    malformed = {
        "no-size": "#c=" + text[5:],
        "nothing": "#c=",
        "size-with-a-zero-before": text.replace("=7", "=07"),
        "size-of-nothing": text.replace("=7", "=0"),
        "size-in-hexadecimal": text.replace("=7", "=0x7"),
        "size-of-sixteen-digits": text.replace("=7", "=1000000000000007"),
        "root-cut-short": text[:-1],
        "root-longer": text + "A",
        "root-padded": text[:-1] + "=",
        "root-in-the-other-alphabet": text[:-2] + "+/",
        "more-behind-it": text + "&x=1",
        "encoded": text.replace("=", "%3D"),
        "a-line-after-it": text + "\n",
    }
    unknown = {
        f"label-malformed-{name}": asked(spelled, good.label(7), "label")
        for name, spelled in malformed.items()
    }
    return {
        **{
            f"printed-at-{size}-of-{whole}": printed(size)
            for size in (1, 2, 3, 4, 7, 8, whole - 1, whole)
        },
        "not-scanned": asked(
            None,
            None,
            report={"absent": ["replay", "witnesses", "label"], "label_size": None},
        ),
        "compared-though-not-scanned": asked(
            None,
            good.label(7),
            report={"absent": ["replay", "witnesses", "label"], "label_size": None},
        ),
        **unknown,
        "label-of-a-larger-tree": asked(
            fragment_of(whole + 1, wrong).to_text(), None, "label"
        ),
        "label-of-a-larger-tree-that-is-compared": asked(
            fragment_of(whole + 1, wrong).to_text(),
            LabelProof(whole + 1, wrong, ()),
            "label",
        ),
        "label-of-a-tree-larger-than-any": asked(
            fragment_of(10**15 - 1, wrong).to_text(), good.label(7), "label"
        ),
        "scanned-and-not-compared": asked(text, None, "label"),
        "compared-with-a-smaller-tree": asked(text, good.label(6), "label"),
        "compared-with-a-larger-tree": asked(text, good.label(8), "label"),
        "label-of-another-history": asked(
            other.fragment(7), good.label(7), "label-mismatch"
        ),
        "label-of-another-history-at-a-power-of-two": asked(
            other.fragment(8), good.label(8), "label-mismatch"
        ),
        "label-of-another-history-at-the-whole": asked(
            other.fragment(whole), good.label(whole), "label-mismatch"
        ),
        "label-with-its-last-byte-changed": asked(
            fragment_of(7, good.root(7)[:23] + b"\0").to_text(),
            good.label(7),
            "label-mismatch",
        ),
        "root-of-another-history-by-the-own-proof": asked(
            other.fragment(7),
            replace(good.label(7), root=other.root(7)),
            "root-mismatch",
        ),
        "root-and-proof-of-another-history": asked(
            other.fragment(7), other.label(7), "root-mismatch"
        ),
        "root-of-another-history-at-the-whole": asked(
            other.fragment(whole), other.label(whole), "root-mismatch"
        ),
        "label-proof-cut-short": lie("proof-shape", 7, proof=proof[:-1]),
        "label-proof-empty": lie("proof-shape", 7, proof=()),
        "label-proof-longer": lie("proof-shape", 7, proof=(*proof, wrong)),
        "label-proof-of-the-whole": lie("proof-shape", whole, proof=(wrong,)),
        "label-proof-with-its-first-hash-changed": lie(
            "root-mismatch", 7, proof=(wrong, *proof[1:])
        ),
        "label-proof-with-its-last-hash-changed": lie(
            "root-mismatch", 7, proof=(*proof[:-1], wrong)
        ),
        "label-root-changed-after-its-first-bytes": lie(
            "root-mismatch", 7, root=good.root(7)[:24] + bytes(8)
        ),
    }
