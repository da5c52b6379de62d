"""Vectors for seals, the chain and times."""

import hashlib

from tests.support.make_vectors.statement import ORIGIN
from tests.support.reference import seal as reference

TIME = "2026-05-01T06:30:00.250Z"
EARLIER = "2026-05-01T06:29:59.999Z"
LATER = "2026-05-01T06:30:00.251Z"
HEAD = hashlib.sha256(b"head").digest()
ROOT = hashlib.sha256(b"root").digest()


def made(**other):
    """Return the seal at 9 after one at 4, or one that differs."""
    fields = {
        "origin": ORIGIN,
        "index": 9,
        "time": TIME,
        "head": HEAD,
        "root": ROOT,
        "previous": 4,
        **other,
    }
    return reference.seal(**fields)


def with_line(place, line):
    """Return a seal with another line."""
    lines = made().split("\n")
    lines[place] = line
    return "\n".join(lines)


def false_forms():
    """Return what is no seal, by name."""
    head = made().split("\n")[4]
    return {
        "empty": "",
        "another-first-line": with_line(0, "caravan/seal"),
        "version-two": with_line(0, "caravan/seal/v2"),
        "a-statement": with_line(0, "caravan/statement/v1"),
        "origin-empty": with_line(1, ""),
        "origin-in-capitals": with_line(1, "Ledger.example/milk"),
        "origin-without-a-dot": with_line(1, "ledger/milk"),
        "index-with-a-leading-zero": with_line(2, "09"),
        "index-with-a-sign": with_line(2, "+9"),
        "index-negative": with_line(2, "-9"),
        "index-empty": with_line(2, ""),
        "index-in-hex": with_line(2, "0x9"),
        "index-too-large": with_line(2, str(2**63)),
        "time-without-milliseconds": with_line(3, "2026-05-01T06:30:00Z"),
        "time-with-an-offset": with_line(3, "2026-05-01T06:30:00.250+00:00"),
        "chain-head-without-padding": with_line(4, head[:-1]),
        "chain-head-too-short": with_line(4, "AAAA"),
        "chain-head-in-hex": with_line(4, HEAD.hex()),
        "chain-head-with-unused-bits": with_line(4, "/" * 43 + "="),
        "index-root-empty": with_line(5, ""),
        "index-root-with-a-space": with_line(5, head + " "),
        "previous-empty": with_line(6, ""),
        "previous-is-a-word": with_line(6, "none"),
        "previous-with-a-leading-zero": with_line(6, "04"),
        "previous-is-right-before": made(previous=8),
        "previous-is-itself": made(previous=9),
        "previous-is-after": made(previous=12),
        "at-zero": made(index=0, previous=None),
        "a-line-missing": made().replace(f"{TIME}\n", ""),
        "a-line-too-many": made() + "\n",
        "newline-at-the-end-missing": made()[:-1],
        "carriage-returns": made().replace("\n", "\r\n"),
        "signed": made() + f"\n\u2014 {ORIGIN} AAAA\n",
    }


def form_cases():
    """Return seals and lies about them."""
    true = {
        "closes-four": made(),
        "closes-one": made(previous=7),
        "first": made(previous=None),
        "first-at-one": made(index=1, previous=None),
        "epoch": made(time="1970-01-01T00:00:00.000Z"),
    }
    cases = []
    for name, entry in {**true, **false_forms()}.items():
        want = "ok" if reference.is_seal(entry.encode()) else "seal"
        case = {"name": name, "entry": entry, "want": want}
        if want == "ok":
            lines = entry.split("\n")
            case |= {
                "origin": lines[1],
                "index": int(lines[2]),
                "time_ms": reference.time_ms(lines[3]),
                "previous": None if lines[6] == "-" else int(lines[6]),
            }
        cases.append(case)
    return cases


def claim_cases():
    """Return seals beside what the entries before them determine."""
    before = reference.seal(ORIGIN, 4, TIME, ROOT, HEAD, None)
    other = reference.seal(ORIGIN, 5, TIME, ROOT, HEAD, None)
    facts = {
        "origin": ORIGIN,
        "index": 9,
        "previous": before,
        "chain_head_hex": HEAD.hex(),
        "index_root_hex": ROOT.hex(),
    }
    told = {
        "true": (made(), {}, "ok"),
        "true-and-first": (made(previous=None), {"previous": None}, "ok"),
        "same-time-as-before": (made(time=TIME), {}, "ok"),
        "later": (made(time=LATER), {}, "ok"),
        "another-origin": (made(origin=ORIGIN + "0"), {}, "wrong-origin"),
        "index-one-more": (made(index=10), {}, "seal-mismatch"),
        "index-one-less": (made(index=8), {}, "seal-mismatch"),
        "stands-elsewhere": (made(), {"index": 10}, "seal-mismatch"),
        "previous-forgotten": (made(previous=None), {}, "seal-mismatch"),
        "previous-made-up": (made(), {"previous": None}, "seal-mismatch"),
        "previous-is-another": (made(), {"previous": other}, "seal-mismatch"),
        "time-runs-backwards": (made(time=EARLIER), {}, "seal-mismatch"),
        "chain-head-is-another": (made(head=ROOT), {}, "chain-broken"),
        "chain-head-has-one-bit-changed": (
            made(head=bytes([HEAD[0] ^ 128]) + HEAD[1:]),
            {},
            "chain-broken",
        ),
        "index-root-is-another": (made(root=HEAD), {}, "seal-mismatch"),
        "index-root-is-empty": (made(root=bytes(32)), {}, "seal-mismatch"),
    }
    return [
        {"name": name, "entry": entry, **facts, **other_facts, "want": want}
        for name, (entry, other_facts, want) in told.items()
    ]


def chain_cases():
    """Return lists of entries with every chain head."""
    lists = {
        "nothing": [],
        "one": ["a"],
        "order-matters": ["b", "a"],
        "an-empty-entry-counts": ["", "a"],
        "milk": ["caravan", "驼奶", "\n", "30 kg"],
    }
    return [
        {
            "name": name,
            "origin": origin,
            "entries": entries,
            "want": [
                head.hex()
                for head in reference.chain(origin, [e.encode() for e in entries])
            ],
        }
        for name, origin, entries in [
            *((name, ORIGIN, entries) for name, entries in lists.items()),
            ("another-origin", "other.example", lists["milk"]),
        ]
    ]


def time_cases():
    """Return times of seals and what they count to."""
    texts = {
        "epoch": "1970-01-01T00:00:00.000Z",
        "a-morning": TIME,
        "leap-day": "2028-02-29T23:59:59.999Z",
        "last": "9999-12-31T23:59:59.999Z",
        "before-1970": "1969-12-31T23:59:59.999Z",
        "year-zero": "0000-01-01T00:00:00.000Z",
        "no-leap-day": "2026-02-29T00:00:00.000Z",
        "month-13": "2026-13-01T00:00:00.000Z",
        "month-0": "2026-00-01T00:00:00.000Z",
        "day-0": "2026-01-00T00:00:00.000Z",
        "day-31-of-april": "2026-04-31T00:00:00.000Z",
        "hour-24": "2026-01-01T24:00:00.000Z",
        "minute-60": "2026-01-01T00:60:00.000Z",
        "leap-second": "2016-12-31T23:59:60.000Z",
        "no-milliseconds": "2026-05-01T06:30:00Z",
        "two-digits-of-milliseconds": "2026-05-01T06:30:00.25Z",
        "microseconds": "2026-05-01T06:30:00.250000Z",
        "comma": "2026-05-01T06:30:00,250Z",
        "offset": "2026-05-01T06:30:00.250+00:00",
        "lower-case": "2026-05-01t06:30:00.250z",
        "a-space": "2026-05-01 06:30:00.250Z",
        "space-after": TIME + " ",
        "newline-after": TIME + "\n",
        "short-year": "026-05-01T06:30:00.250Z",
        "arabic-digits": "2026-05-01T06:30:00.25\u0660Z",
        "empty": "",
    }
    return [
        {"name": name, "text": text, "want": "seal" if ms is None else ms}
        for name, text in texts.items()
        for ms in [reference.time_ms(text)]
    ]


def kind_cases():
    """Return first lines and what kind of entry they begin."""
    first_lines = {
        "statement": ("caravan/statement/v1", "statement"),
        "seal": ("caravan/seal/v1", "seal"),
        "statement-version-two": ("caravan/statement/v2", "unknown-version"),
        "seal-version-ten": ("caravan/seal/v10", "unknown-version"),
        "another-format": ("caravan/cold-chain/v1", "unknown-version"),
        "version-zero": ("caravan/seal/v0", "statement-format"),
        "version-with-a-leading-zero": ("caravan/seal/v01", "statement-format"),
        "no-version": ("caravan/seal", "statement-format"),
        "another-maker": ("camel/seal/v1", "statement-format"),
        "space-after": ("caravan/seal/v1 ", "statement-format"),
        "carriage-return": ("caravan/seal/v1\r", "statement-format"),
        "empty": ("", "statement-format"),
    }
    return [
        {"name": name, "entry": first + "\nanything\n", "want": want}
        for name, (first, want) in first_lines.items()
    ]


def vectors():
    """Return the files of tests/vectors/seal."""
    return {
        "forms.json": {
            "about": "Entries, and what parsing them as a seal gives.",
            "cases": form_cases(),
        },
        "claims.json": {
            "about": "Seals that parse, beside what the entries before them "
            "determine; `previous` is the whole seal before, or null.",
            "cases": claim_cases(),
        },
        "chain.json": {
            "about": "Entries, and the chain heads c(0) to c(n) over them, in hex.",
            "cases": chain_cases(),
        },
        "times.json": {
            "about": "Times, and the milliseconds since 1970 that they stand for.",
            "cases": time_cases(),
        },
        "kinds.json": {
            "about": "Entries, and what their first line says they are.",
            "cases": kind_cases(),
        },
    }
