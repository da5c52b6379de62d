"""Vectors for profiles and what is disclosed of them. No value is about anybody."""

import base64
import hashlib
import json

from tests.support.make_vectors.event import REMOVE, event
from tests.support.reference import commitments as reference

HOST = "ledger.example"
PARTY = f"https://{HOST}/id/party/household-7"
OTHER = f"https://{HOST}/id/party/plant"
FORMAT = "caravan/disclosure/v1"
DOT = base64.b64encode(b"\x89PNG\r\n\x1a\n artificial").decode()
VALUES = {
    "name": "household 7 (artificial)",
    "photo": f"data:image/png;base64,{DOT}",
    "story": "骆驼: an artificial story, about nobody",
}
CONSENT = {
    "given": "2026-05-01T06:30:00Z",
    "purpose": "shown to buyers",
    "words": "artificial words of consent",
}


def b64(data):
    """Return bytes in base64."""
    return base64.b64encode(data).decode()


def salt(word):
    """Return a salt that is the same each time."""
    return hashlib.sha256(f"artificial salt {word}".encode()).digest()


def commitment(member, value=None):
    """Return the commitment of a member's value, in base64."""
    value = VALUES[member] if value is None else value
    return b64(reference.commit(value, salt(member)))


def item(member, **members):
    """Return a disclosure that opens, with members set."""
    true = {"commit": commitment(member), "salt": b64(salt(member))}
    return true | {"value": VALUES[member]} | members


def document(*items, **members):
    """Return a document with these disclosures, in order."""
    listed = sorted(items, key=lambda each: each["commit"])
    honest = {"disclosures": listed, "format": FORMAT, "subject": PARTY} | members
    return {name: value for name, value in honest.items() if value is not REMOVE}


def spell(body):
    """Write a document in its one spelling."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def documents():
    """Return (text, want), by name."""
    name, story = item("name"), item("story")
    whole = document(name, item("photo"), story)
    listed = whole["disclosures"]
    return {
        "whole": (spell(whole), "ok"),
        "one-value": (spell(document(name)), "ok"),
        "nothing-disclosed": (spell(document()), "ok"),
        "with-consent": (spell(document(name, consent=CONSENT)), "ok"),
        "a-value-that-opens-nothing": (spell(document(item("name", value="x"))), "ok"),
        "another-spelling": (json.dumps(whole, ensure_ascii=False), "malformed"),
        "no-json": ("caravan", "malformed"),
        "an-array": (spell([name]), "malformed"),
        "a-later-version": (
            spell(document(name, format="caravan/disclosure/v2")),
            "unknown-version",
        ),
        "another-format": (
            spell(document(name, format="caravan/passport/v1")),
            "malformed",
        ),
        "no-format": (spell(document(name, format=REMOVE)), "malformed"),
        "no-subject": (spell(document(name, subject=REMOVE)), "malformed"),
        "no-disclosures": (spell(document(disclosures=REMOVE)), "malformed"),
        "subject-is-a-number": (spell(document(name, subject=7)), "malformed"),
        "disclosures-is-an-object": (spell(document(disclosures={})), "malformed"),
        "a-member-more": (spell(document(name, more=1)), "malformed"),
        "a-disclosure-is-text": (spell(document(disclosures=["x"])), "malformed"),
        "a-disclosure-with-more": (spell(document(item("name", more=1))), "malformed"),
        "value-is-a-number": (spell(document(item("name", value=7))), "malformed"),
        "salt-of-31-bytes": (
            spell(document(item("name", salt=b64(salt("name")[:31])))),
            "malformed",
        ),
        "commit-of-33-bytes": (
            spell(document(item("name", commit=b64(bytes(33))))),
            "malformed",
        ),
        "salt-without-padding": (
            spell(document(item("name", salt=b64(salt("name")).rstrip("=")))),
            "malformed",
        ),
        "out-of-order": (
            spell(document(disclosures=listed[::-1])),
            "malformed",
        ),
        "one-commitment-twice": (
            spell(document(disclosures=[name, item("name", value="x")])),
            "malformed",
        ),
        "consent-is-text": (spell(document(name, consent="yes")), "malformed"),
        "consent-without-words": (
            spell(document(name, consent={"given": "", "purpose": ""})),
            "malformed",
        ),
        "consent-with-more": (
            spell(document(name, consent=CONSENT | {"more": ""})),
            "malformed",
        ),
        "consent-given-is-a-number": (
            spell(document(name, consent=CONSENT | {"given": 7})),
            "malformed",
        ),
    }


def values():
    """Return (member, value, want), by name."""
    head = "data:image/jpeg;base64,"
    room = 64 * 1024 - len(head)
    return {
        "name": ("name", VALUES["name"], "ok"),
        "name-of-256-bytes": ("name", "奶" * 85 + "x", "ok"),
        "name-of-257-bytes": ("name", "奶" * 85 + "xy", "malformed"),
        "name-empty": ("name", "", "malformed"),
        "name-turned-round": ("name", "a\u202eb", "character"),
        "name-with-a-mark": ("name", "a\u200fb", "character"),
        "name-with-isolates": ("name", "\u2066ab\u2069", "character"),
        "name-with-an-arabic-mark": ("name", "\u061cab", "character"),
        "name-with-nul": ("name", "a\0b", "character"),
        "name-with-delete": ("name", "a\x7fb", "character"),
        "name-with-c1": ("name", "a\x85b", "character"),
        "name-not-composed": ("name", "e\u0301", "character"),
        "name-composed": ("name", "\u00e9", "ok"),
        "name-with-a-non-character": ("name", "a\uffffb", "character"),
        "name-with-another-non-character": ("name", "a\U0001fffeb", "character"),
        "name-with-an-arabic-non-character": ("name", "a\ufdd0b", "character"),
        "name-beyond-the-basic-plane": ("name", "\U0001f42b", "ok"),
        "name-of-right-to-left-letters": ("name", "جمل", "ok"),
        "story": ("story", VALUES["story"], "ok"),
        "story-of-4096-bytes": ("story", "x" * 4096, "ok"),
        "story-of-4097-bytes": ("story", "x" * 4097, "malformed"),
        "story-with-a-newline": ("story", "a\nb", "character"),
        "photo-png": ("photo", VALUES["photo"], "ok"),
        "photo-jpeg": ("photo", f"{head}/9j/", "ok"),
        "photo-webp": ("photo", "data:image/webp;base64,UklGRg==", "ok"),
        "photo-of-64-kib": ("photo", head + "A" * (room - room % 4), "ok"),
        "photo-larger": ("photo", head + "A" * (room - room % 4 + 4), "malformed"),
        "photo-svg": ("photo", "data:image/svg+xml;base64,PHN2Zy8+", "malformed"),
        "photo-gif": ("photo", "data:image/gif;base64,R0lG", "malformed"),
        "photo-html": ("photo", "data:text/html;base64,PGI+", "malformed"),
        "photo-elsewhere": ("photo", "https://pictures.example/7.png", "malformed"),
        "photo-with-a-parameter": (
            "photo",
            "data:image/png;charset=utf-8;base64,AAAA",
            "malformed",
        ),
        "photo-in-capitals": ("photo", "DATA:image/png;base64,AAAA", "malformed"),
        "photo-percent-encoded": ("photo", "data:image/png,%89PNG", "malformed"),
        "photo-without-padding": ("photo", "data:image/png;base64,AAA", "malformed"),
        "photo-with-a-blank": ("photo", "data:image/png;base64,AAAA AAAA", "malformed"),
        "photo-with-a-newline": ("photo", "data:image/png;base64,AAAA\n", "malformed"),
        "photo-with-stray-bits": ("photo", "data:image/png;base64,AAB=", "malformed"),
    }


def padded(value):
    """Return a value as a case has it: what is before the letters A at its end."""
    start = value.rstrip("A") if len(value) > 5000 else value
    return {"value": start, "then": len(value) - len(start)}


def profiling(index, members, *, party=PARTY, subject=PARTY, **others):
    """Return a logged event with a profile."""
    profile = members
    if isinstance(members, (list, tuple)):
        profile = {m: {"caravan:commit": commitment(m)} for m in members}
    honest = {
        "action": "OBSERVE",
        "bizStep": "other",
        "eventID": f"urn:x:event:{index}",
        "epcList": [subject],
        "quantityList": REMOVE,
        "readPoint": {"id": subject},
        "caravan:profile": profile,
    }
    body = event(**honest | others)
    return {"index": index, "parties": [party], "body": body}


def in_error(logged, index):
    """Return the declaration that an event is in error."""
    declared = {"errorDeclaration": {"declarationTime": "2026-06-13T00:00:00Z"}}
    return logged | {"index": index, "body": logged["body"] | declared}


def profiles():
    """Return (events, want), by name."""
    first = profiling(4, ["name", "photo", "story"])
    later = profiling(9, ["story"])
    foreign = profiling(9, ["name"], party=OTHER)
    attested = profiling(9, ["name"], party=OTHER)
    attested["parties"] = [OTHER, PARTY]
    own_attested = profiling(4, ["name"])
    own_attested["parties"] = [PARTY, OTHER]
    cut = {"caravan:commit": commitment("name")[:20]}
    more = {"caravan:commit": commitment("name"), "more": 1}
    plain = profiling(9, {})
    plain["body"] = {k: v for k, v in plain["body"].items() if k != "caravan:profile"}
    foreign_error = in_error(first, 9) | {"parties": [OTHER]}
    three = ["name", "photo", "story"]
    return {
        "none": ([], None),
        "another-event": ([plain], None),
        "whole": ([first], three),
        "a-later-one-replaces-it-whole": ([first, later], ["story"]),
        "given-in-another-order": ([later, first], ["story"]),
        "another-event-later": ([first, plain], three),
        "taken-back": ([first, profiling(9, {})], []),
        "taken-back-and-said-again": (
            [first, profiling(9, {}), profiling(12, ["name"])],
            ["name"],
        ),
        "in-error": ([first, in_error(first, 9)], None),
        "the-later-one-in-error": ([first, later, in_error(later, 12)], three),
        "taking-back-in-error": (
            [first, profiling(9, {}), in_error(profiling(9, {}), 12)],
            three,
        ),
        "anothers-declaration": ([first, foreign_error], three),
        "by-another-party": ([foreign], None),
        "by-another-party-later": ([first, foreign], three),
        "attested-by-the-party": ([first, attested], three),
        "attested-by-another": ([own_attested], ["name"]),
        "about-another-party": ([profiling(4, ["name"], subject=OTHER)], None),
        "a-member-nobody-knows": (
            [profiling(4, {"address": {"caravan:commit": commitment("name")}})],
            [],
        ),
        "a-commitment-cut-short": ([profiling(4, {"name": cut})], []),
        "a-commitment-with-more": ([profiling(4, {"name": more})], []),
        "a-value-in-the-open": ([profiling(4, {"name": "x"})], []),
        "a-list": ([profiling(4, {"name": []})], []),
        "a-profile-that-is-text": ([first, profiling(9, "x")], []),
        "a-profile-that-is-null": ([first, profiling(9, None)], []),
    }


def checks():
    """Return (members of the profile, disclosures, want), by name."""

    def shown(member):
        return [member, "shown", VALUES[member]]

    def all_shown(members):
        return [shown(member) for member in members]

    three = ["name", "photo", "story"]
    whole = [item(member) for member in three]
    longer = "x" * 257
    unfit = {"commit": commitment("name", longer), "salt": b64(salt("name"))}
    svg = "data:image/svg+xml;base64,PHN2Zy8+"
    drawn = {"commit": commitment("photo", svg), "salt": b64(salt("photo"))}
    flipped = bytes([salt("name")[0] ^ 1]) + salt("name")[1:]
    profile = {member: commitment(member) for member in three}
    name_only = {"name": profile["name"]}
    both = {"name": profile["name"], "story": profile["name"]}
    return {
        "whole": (profile, whole, all_shown(three)),
        "nothing-given": (
            profile,
            [],
            [[member, "missing", None] for member in three],
        ),
        "one-erased": (
            profile,
            whole[:2],
            [*all_shown(three[:2]), ["story", "missing", None]],
        ),
        "another-value": (
            name_only,
            [item("name", value="household 8")],
            [["name", "mismatch", None]],
        ),
        "another-salt": (
            name_only,
            [item("name", salt=b64(flipped))],
            [["name", "mismatch", None]],
        ),
        "the-value-of-another-member": (
            name_only,
            [item("name", value=VALUES["story"])],
            [["name", "mismatch", None]],
        ),
        "a-profile-without-members": ({}, whole, []),
        "more-than-the-profile-says": (name_only, whole, [shown("name")]),
        "an-older-value": (
            name_only,
            [item("story")],
            [["name", "missing", None]],
        ),
        "a-name-too-long": (
            {"name": unfit["commit"]},
            [unfit | {"value": longer}],
            [["name", "unfit", None]],
        ),
        "a-photo-that-is-a-drawing": (
            {"photo": drawn["commit"]},
            [drawn | {"value": svg}],
            [["photo", "unfit", None]],
        ),
        "one-commitment-for-two-members": (
            both,
            [item("name")],
            [shown("name"), ["story", "shown", VALUES["name"]]],
        ),
    }


def vectors():
    """Return the vector files of disclosures."""
    return {
        "parse.json": {
            "about": "A document of disclosures in its one spelling, or not.",
            "cases": [
                {"name": name, "document": text, "want": want}
                for name, (text, want) in documents().items()
            ],
        },
        "value.json": {
            "about": "What a member of a profile may hold: value, then so many A.",
            "cases": [
                {"name": name, "member": member} | padded(value) | {"want": want}
                for name, (member, value, want) in values().items()
            ],
        },
        "profile.json": {
            "about": "Which commitments are in force; null if there was never a "
            "profile. The host is ledger.example.",
            "cases": [
                {
                    "name": name,
                    "subject": PARTY,
                    "events": events,
                    "want": None if want is None else {m: commitment(m) for m in want},
                }
                for name, (events, want) in profiles().items()
            ],
        },
        "check.json": {
            "about": "What may be shown: member, state, value.",
            "cases": [
                {
                    "name": name,
                    "profile": profile,
                    "document": spell(document(*given)),
                    "want": want,
                }
                for name, (profile, given, want) in checks().items()
            ],
        },
    }
