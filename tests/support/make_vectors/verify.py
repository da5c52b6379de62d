"""Vectors for the verifier of a passport: an honest ledger, and ledgers that lie.

A passport that was changed on its way is caught by the proof. A ledger that signs what
it should not is caught by the rules, so most of these ledgers sign their lies.
"""

import json

from ledger.completeness import EMPTY_INDEX_ROOT
from ledger.cosignature import Cosigner, sign_cosignature
from ledger.encoding import canonical, encode_base64
from ledger.note import NoteSigner, parse_note
from ledger.seal import Seal, parse_time
from ledger.signatures import SigningKey
from ledger.statement import sign_statement
from tests.support.reference import merkle

HOST = "ledger.example"
ORIGIN = f"{HOST}/log-5eed0001"
OTHER_ORIGIN = f"{HOST}/log-5eed0002"
LOT = "https://id.gs1.org/01/09520123456788/10/L1"
OTHER_LOT = "https://id.gs1.org/01/09520123456788/10/L2"
HERD = f"https://{HOST}/id/party/herd"
LAB = f"https://{HOST}/id/party/lab"
PLACE = f"https://{HOST}/id/place/yard"
START = "2026-05-01T06:00:{second:02}.000Z"
NOW = parse_time("2026-05-01T07:00:00.000Z")
DAY_MS = 86_400_000

STEPS = [["commissioning", "active"], ["inspecting", None], ["shipping", "in_transit"]]


def signer(name, seed):
    """Return a key that is the same each time."""
    return NoteSigner(name, SigningKey.from_seed(bytes([seed]) * 32))


LOG = signer(ORIGIN, 1)
SECOND_LOG_KEY = signer(ORIGIN, 2)
REGISTRAR = signer(f"{HOST}/registrar", 3)
HERDER = signer(f"{HOST}/herd/1", 4)
ANALYST = signer(f"{HOST}/lab/1", 5)
STRANGER = signer(f"{HOST}/stranger", 6)
WITNESS = Cosigner("witness.example/w1", SigningKey.from_seed(bytes([7]) * 32))
OTHER_WITNESS = Cosigner("witness.example/w2", SigningKey.from_seed(bytes([8]) * 32))

OPEN_POLICY = f"log {LOG.vkey.to_text()}\nquorum none\n"
WITNESS_POLICY = (
    f"log {LOG.vkey.to_text()}\nwitness w1 {WITNESS.vkey.to_text()}\n"
    f"witness w2 {OTHER_WITNESS.vkey.to_text()}\ngroup both all w1 w2\nquorum both\n"
)


def event(number, *, step="inspecting", disposition=None, lot=LOT, **more):
    """Return the body of an event about a lot."""
    body = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-7000-8000-{number:012}",
        "eventTime": "2026-05-01T05:00:00Z",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": step,
        "readPoint": {"id": PLACE},
        "quantityList": [{"epcClass": lot, "quantity": 12.5, "uom": "KGM"}],
    }
    if disposition is not None:
        body["disposition"] = disposition
    return body | more


def genesis(**more):
    """Return the body of entry 0."""
    return {
        "action": "genesis",
        "ledger_keys": [LOG.vkey.to_text()],
        "max_age_seconds": 86400,
        "recovery": {"k": 0, "keys": []},
        "registrar": REGISTRAR.vkey.to_text(),
    } | more


def admit(party, kind, name, steps):
    """Return the body that admits a party."""
    return {
        "action": "admit",
        "kind": kind,
        "name": name,
        "party": party,
        "places": [],
        "prefixes": [],
        "rights": {"persistent": [], "steps": steps},
    }


def authorize(party, key, **more):
    """Return the body that binds a key to a party."""
    return {"action": "authorize", "key": key.vkey.to_text(), "party": party} | more


class Ledger:
    """A ledger that signs whatever it is told to."""

    def __init__(self, *, origin=ORIGIN):
        self.origin = origin
        self.entries = []
        self.seals = []
        self.hidden = set()

    def add(self, kind, body, *signers, origin=None):
        """Append a statement and return its index."""
        given = body if isinstance(body, bytes) else canonical(body)
        note = sign_statement(
            origin=origin or self.origin, kind=kind, body=given, signers=signers
        )
        return self.append(note)

    def append(self, entry):
        """Append any bytes and return their index."""
        self.entries.append(entry)
        return len(self.entries) - 1

    def hide(self, index):
        """Leave an entry out of the passport and return its index."""
        self.hidden.add(index)
        return index

    def seal(self, *, time=None, previous="", index=None, origin=None):
        """Append a seal and return its index. The root of a list is none of a phone's."""
        number = len(self.entries) if index is None else index
        seal = Seal(
            origin=origin or self.origin,
            index=number,
            time=time or START.format(second=len(self.seals)),
            chain_head=bytes(32),
            index_root=EMPTY_INDEX_ROOT,
            previous=(self.seals or [None])[-1] if previous == "" else previous,
        )
        self.seals.append(number)
        return self.append(seal.to_bytes())

    def begin(self, **more):
        """Append the genesis, two parties with a key each, and a seal."""
        self.add("directory", genesis(**more), REGISTRAR)
        self.add("directory", admit(HERD, "household", None, STEPS), REGISTRAR)
        self.entries.pop()  # A household has no name.
        body = admit(HERD, "household", None, STEPS)
        del body["name"]
        self.add("directory", body, REGISTRAR)
        laboratory = admit(LAB, "laboratory", "Keping laboratory", STEPS[1:2])
        self.add("directory", laboratory, REGISTRAR)
        self.add("directory", authorize(HERD, HERDER), REGISTRAR, HERDER)
        self.add("directory", authorize(LAB, ANALYST), REGISTRAR, ANALYST)
        self.seal()
        return self

    def checkpoint(self, *signers, cosigned=()):
        """Return the signed note of the newest checkpoint."""
        root = merkle.root(self.entries)
        text = f"{self.origin}\n{len(self.entries)}\n{encode_base64(root)}\n".encode()
        lines = [one.sign(text) for one in signers or (LOG,)]
        lines += [sign_cosignature(who, seconds, text) for who, seconds in cosigned]
        note = "".join(line.to_line() for line in lines)
        return text.decode() + "\n" + note

    def passport(self, *signers, cosigned=(), subject=LOT, **changes):
        """Return the passport, as members."""
        given = [i for i in range(len(self.entries)) if i not in self.hidden]
        return {
            "checkpoint": self.checkpoint(*signers, cosigned=cosigned),
            "entries": [[i, self.entries[i].decode()] for i in given],
            "format": "caravan/passport/v1",
            "nodes": [encode_base64(node) for node in proof(given, self.entries)],
            "subject": subject,
        } | changes


def proof(indices, entries):
    """Return the multi-proof of some entries, by its definition."""

    def walk(low, high):
        if not any(low <= index < high for index in indices):
            yield merkle.root(entries[low:high])
        elif high - low > 1:
            middle = low + (1 << ((high - low - 1).bit_length() - 1))
            yield from walk(low, middle)
            yield from walk(middle, high)

    return list(walk(0, len(entries)))


def honest():
    """Return a ledger with three statements about the lot, and one about another."""
    ledger = Ledger().begin()
    ledger.add(
        "event",
        event(1, step="commissioning", disposition="active", action="ADD"),
        HERDER,
    )
    ledger.seal()
    ledger.add("event", event(2), ANALYST, HERDER)
    ledger.hide(ledger.add("event", event(3, lot=OTHER_LOT), ANALYST))
    ledger.seal()
    declared = event(2) | {
        "errorDeclaration": {"declarationTime": "2026-05-01T05:30:00Z"}
    }
    ledger.add("event", declared, ANALYST, HERDER)
    ledger.seal()
    return ledger


def case(name, passport, want, **more):
    """Return one case; the passport as members or as text."""
    outcome, step, code, index = want
    text = passport if isinstance(passport, str) else spell(passport)
    return {
        "name": name,
        "subject": LOT,
        "policy": OPEN_POLICY,
        "now_ms": NOW,
        "passport": text,
    } | more | {
        "want": {"outcome": outcome, "step": step, "code": code, "index": index}
    }


def spell(passport):
    """Return a passport as it is sent."""
    return canonical(passport).decode()


VERIFIED = ("verified", 13, None, None)


def lie(step, code, index=None):
    """Return what is wanted of a false passport."""
    return ("not-verified", step, code, index)


def cannot(step, code, index=None):
    """Return what is wanted where nothing can be said."""
    return ("cannot-check", step, code, index)


def forms():
    """Return passports that are none, or of something else, or against a policy."""
    good = honest().passport()
    entries = good["entries"]
    node = good["nodes"][0]
    other = OPEN_POLICY.replace(LOG.vkey.to_text(), signer(OTHER_ORIGIN, 9).vkey.to_text())
    return [
        case("honest", good, VERIFIED),
        case("empty", "", lie(1, "passport")),
        case("not-an-object", "[]", lie(1, "passport")),
        case("cut-short", spell(good)[:-1], lie(1, "passport")),
        case("member-twice", '{"subject":"x",' + spell(good)[1:], lie(1, "passport")),
        case("later-version", good | {"format": "caravan/passport/v2"},
             cannot(1, "unknown-version")),
        case("no-format", good | {"format": "passport"}, lie(1, "passport")),
        case("unknown-member", good | {"verdict": "verified"}, lie(1, "passport")),
        case("member-missing", {k: v for k, v in good.items() if k != "nodes"},
             lie(1, "passport")),
        case("no-entries", good | {"entries": []}, lie(1, "passport")),
        case("entries-out-of-order", good | {"entries": entries[1::-1] + entries[2:]},
             lie(1, "passport")),
        case("entry-twice", good | {"entries": [entries[0], *entries]}, lie(1, "passport")),
        case("index-as-text", good | {"entries": [["0", entries[0][1]], *entries[1:]]},
             lie(1, "passport")),
        case("index-below-zero", good | {"entries": [[-1, "x"], *entries]},
             lie(1, "passport")),
        case("node-cut-short", good | {"nodes": [node[:-4]]}, lie(1, "passport")),
        case("of-another-subject", good | {"subject": OTHER_LOT}, lie(1, "passport")),
        case("another-was-asked-for", good, lie(1, "passport"), subject=OTHER_LOT),
        case("policy-is-none", good, cannot(2, "policy"), policy="trust me\n"),
        case("policy-of-another-ledger", good, cannot(2, "unknown-key"), policy=other),
    ]


def flipped(text):
    """Return base64 with one bit of its first byte changed."""
    return ("B" if text[0] == "A" else "A") + text[1:]


def changed_line(note, place):
    """Return a note with one signature line's last byte changed."""
    text, _, lines = note.rpartition("\n\n")
    changed = lines.split("\n")
    head, blob = changed[place].rsplit(" ", 1)
    changed[place] = f"{head} {blob[:-5]}{flipped(blob[-5])}{blob[-4:]}"
    return text + "\n\n" + "\n".join(changed)


def on_the_wire():
    """Return honest passports that were changed on their way."""
    good = honest().passport()
    entries = good["entries"]

    def with_entry(place, text):
        return good | {
            "entries": [*entries[:place], [entries[place][0], text], *entries[place + 1 :]]
        }

    note = good["checkpoint"]
    blob = encode_base64(bytes(68))
    statement = entries[6][1]
    return [
        case("checkpoint-signature-changed", good | {"checkpoint": changed_line(note, 0)},
             lie(3, "signature")),
        case("checkpoint-size-changed", good | {"checkpoint": note.replace("\n12\n", "\n13\n")},
             lie(3, "signature")),
        case("checkpoint-line-doubled",
             good | {"checkpoint": note + note.rpartition("\n\n")[2]},
             lie(3, "signature")),
        case("checkpoint-unsigned", good | {"checkpoint": note.rpartition("\n\n")[0] + "\n"},
             lie(3, "note")),
        case("checkpoint-with-extension",
             good | {"checkpoint": note.replace("\n\n", "\nmore\n\n")},
             lie(3, "checkpoint")),
        case("checkpoint-by-a-stranger-under-the-name",
             honest().passport(SECOND_LOG_KEY), lie(3, "unknown-key")),
        case("checkpoint-with-grease",
             good | {"checkpoint": note + f"\u2014 grease.example {blob}\n"}, VERIFIED),
        case("quantity-changed", with_entry(6, statement.replace("12.5", "92.5")),
             lie(4, "root-mismatch", 6)),
        case("signature-changed", with_entry(6, changed_line(statement, 0)),
             lie(4, "root-mismatch", 6)),
        case("seal-time-changed", with_entry(7, entries[7][1].replace("06:00:01", "06:00:02")),
             lie(4, "root-mismatch")),
        case("node-changed", good | {"nodes": [flipped(good["nodes"][0])]},
             lie(4, "root-mismatch")),
        case("node-missing", good | {"nodes": []}, lie(4, "proof-shape")),
        case("node-too-many", good | {"nodes": good["nodes"] * 2}, lie(4, "proof-shape")),
        case("entry-left-out", good | {"entries": entries[:6] + entries[7:]},
             lie(4, "proof-shape")),
        case("last-entry-left-out", good | {"entries": entries[:-1]}, lie(4, "not-verified")),
        case("entry-moved", good | {"entries": [*entries[:8], [9, entries[8][1]], *entries[9:]]},
             lie(4, "root-mismatch")),
    ]


def built(*steps, begin=None):
    """Return a ledger that begins honestly and goes on as told."""
    ledger = Ledger().begin(**(begin or {}))
    for step in steps:
        step(ledger)
    return ledger


def says(*args, **kwargs):
    """Return a step that appends an event."""
    return lambda ledger: ledger.add("event", *args, **kwargs)


def directs(*args, **kwargs):
    """Return a step that appends a directory statement."""
    return lambda ledger: ledger.add("directory", *args, **kwargs)


def seals(**kwargs):
    """Return a step that appends a seal."""
    return lambda ledger: ledger.seal(**kwargs)


def hidden(step):
    """Return a step whose entry is left out of the passport."""
    return lambda ledger: ledger.hide(step(ledger))


def authority():
    """Return ledgers that signed what nobody was allowed to say."""
    revoke = {"action": "revoke", "key": HERDER.vkey.to_text(), "party": HERD}
    rotated = {"action": "rotate", "registrar": STRANGER.vkey.to_text()}
    doubled = canonical(event(1))[:-1] + b',"type":"ObjectEvent"}'
    second_party = admit(HERD, "plant", "Mill", [*STEPS, ["packing", None]])

    def unsealed():
        ledger = built(says(event(1), HERDER), seals())
        ledger.add("event", event(2), HERDER)
        return ledger

    def without_genesis():
        ledger = honest()
        ledger.hide(0)
        return ledger

    def under_another_name():
        ledger = built()
        ledger.add("event", event(1), HERDER)
        text = ledger.entries[-1].decode()
        ledger.entries[-1] = changed_line(text, 0).encode()
        ledger.seal()
        return ledger

    return [
        case("last-entry-is-no-seal", unsealed().passport(), lie(5, "seal", 8)),
        case("last-seal-of-another-ledger",
             built(says(event(1), HERDER), seals(origin=OTHER_ORIGIN)).passport(),
             lie(5, "seal-mismatch", 7)),
        case("last-seal-with-another-index",
             built(says(event(1), HERDER), seals(index=9)).passport(),
             lie(5, "seal-mismatch", 7)),
        case("genesis-left-out", without_genesis().passport(), lie(6, "incomplete")),
        case("key-of-nobody", built(says(event(1), STRANGER), seals()).passport(),
             lie(7, "unknown-key", 6)),
        case("authorized-by-its-own-party",
             built(directs(authorize(HERD, STRANGER), HERDER, STRANGER),
                   says(event(1), STRANGER), seals()).passport(),
             lie(6, "authority", 6)),
        case("admitted-by-a-party",
             built(directs(second_party, HERDER), says(event(1), HERDER), seals()).passport(),
             lie(6, "authority", 6)),
        case("registrar-rotated-by-a-stranger",
             built(directs(rotated, STRANGER), says(event(1), HERDER), seals()).passport(),
             lie(6, "authority", 6)),
        case("registrar-signs-an-event",
             built(says(event(1), REGISTRAR), seals()).passport(), lie(7, "authority", 6)),
        case("second-genesis",
             built(directs(genesis(), REGISTRAR), says(event(1), HERDER), seals()).passport(),
             lie(6, "authority", 6)),
        case("unknown-action",
             built(directs({"action": "abolish"}, REGISTRAR), says(event(1), HERDER),
                   seals()).passport(),
             lie(6, "statement-format", 6)),
        case("key-revoked-before",
             built(directs(revoke, REGISTRAR), says(event(1), HERDER), seals()).passport(),
             lie(7, "authority", 7)),
        case("key-revoked-after",
             built(says(event(1), HERDER), directs(revoke, REGISTRAR), seals()).passport(),
             VERIFIED),
        case("attester-without-a-key",
             built(says(event(1), HERDER, STRANGER), seals()).passport(),
             lie(7, "unknown-key", 6)),
        case("step-without-the-right",
             built(says(event(1, step="shipping", disposition="in_transit"), ANALYST),
                   seals()).passport(),
             lie(7, "authority", 6)),
        case("signature-false-but-logged", under_another_name().passport(),
             lie(7, "signature", 6)),
        case("statement-of-another-ledger",
             built(says(event(1), HERDER, origin=OTHER_ORIGIN), seals()).passport(),
             lie(7, "wrong-origin", 6)),
        case("body-with-a-member-twice", built(says(doubled, HERDER), seals()).passport(),
             lie(7, "encoding", 6)),
        case("event-without-a-step",
             built(says({k: v for k, v in event(1).items() if k != "bizStep"}, HERDER),
                   seals()).passport(),
             lie(7, "event", 6)),
        case("same-text-twice",
             built(says(event(1), HERDER), says(event(1), HERDER), seals()).passport(),
             lie(7, "duplicate", 7)),
        case("entry-of-a-later-version",
             built(lambda ledger: ledger.append(b"caravan/statement/v2\n"),
                   says(event(1), HERDER), seals()).passport(),
             cannot(6, "unknown-version", 6)),
        case("statement-about-something-else",
             built(says(event(1), HERDER), says(event(2, lot=OTHER_LOT), HERDER),
                   seals()).passport(),
             lie(8, "not-verified", 7)),
        case("nothing-about-it", built().passport(), cannot(8, "not-found")),
        case("ledger-key-added-and-not-signing",
             built(directs({"action": "ledger-key", "add": SECOND_LOG_KEY.vkey.to_text()},
                           REGISTRAR),
                   says(event(1), HERDER), seals()).passport(),
             lie(9, "unknown-key")),
        case("ledger-key-added-and-signing",
             built(directs({"action": "ledger-key", "add": SECOND_LOG_KEY.vkey.to_text()},
                           REGISTRAR),
                   says(event(1), HERDER), seals()).passport(LOG, SECOND_LOG_KEY),
             VERIFIED),
    ]


def times():
    """Return ledgers whose seals, keys' ends and event identifiers do not fit."""
    early = "2026-05-01T05:00:00.000Z"

    def ending(until):
        return built(
            directs(authorize(HERD, STRANGER, until=until), REGISTRAR, STRANGER),
            says(event(1), STRANGER),
            seals(),
        ).passport()

    error = {"errorDeclaration": {"declarationTime": "2026-05-01T05:30:00Z"}}
    moved = error | {"eventTime": "2026-05-01T05:00:01Z"}
    return [
        case("closing-seal-left-out",
             built(says(event(1), HERDER), hidden(seals()), says(event(2), HERDER),
                   seals()).passport(),
             lie(10, "seal-mismatch", 6)),
        case("seal-before-the-one-before",
             built(says(event(1), HERDER), seals(time=early)).passport(),
             lie(10, "seal-mismatch", 7)),
        case("seal-that-skips-a-seal",
             built(says(event(1), HERDER), seals(), says(event(2), HERDER),
                   seals(previous=5)).passport(),
             lie(10, "seal-mismatch", 9)),
        case("seal-after-a-seal-that-is-a-statement",
             built(says(event(1), HERDER), says(event(2), HERDER),
                   seals(previous=6)).passport(),
             lie(10, "seal-mismatch", 8)),
        case("key-that-ends-later", ending("2026-06-01T00:00:00.000Z"), VERIFIED),
        case("key-that-had-ended", ending("2026-05-01T06:00:01.000Z"),
             lie(10, "seal-mismatch", 6)),
        case("event-used-twice",
             built(says(event(1), HERDER), says(event(1), ANALYST, HERDER), seals(),
                   says(event(1) | {"note": "again"}, HERDER), seals()).passport(),
             lie(11, "event-reused", 9)),
        case("event-of-two-parties",
             built(says(event(1), HERDER), says(event(1), ANALYST), seals()).passport(),
             VERIFIED),
        case("declaration-that-changes-the-body",
             built(says(event(1), HERDER), says(event(1) | moved, HERDER),
                   seals()).passport(),
             lie(11, "event-reused", 7)),
        case("declared-twice",
             built(says(event(1), HERDER), says(event(1) | error, HERDER),
                   says(event(1) | error, HERDER, ANALYST), seals()).passport(),
             lie(11, "event-reused", 8)),
        case("declaration-without-its-original",
             built(hidden(says(event(1), HERDER)), says(event(1) | error, HERDER),
                   seals()).passport(),
             lie(11, "incomplete", 7)),
    ]


def witnesses():
    """Return an honest ledger under a policy that asks for two witnesses."""
    now = NOW // 1000

    def asked(name, want, *cosigned, passport=None, **more):
        given = passport or honest().passport(cosigned=cosigned)
        return case(name, given, want, policy=WITNESS_POLICY, **more)

    def spoiled():
        passport = honest().passport(cosigned=[(WITNESS, now), (OTHER_WITNESS, now)])
        return passport | {"checkpoint": changed_line(passport["checkpoint"], 2)}

    def doubled():
        passport = honest().passport(
            cosigned=[(WITNESS, now), (OTHER_WITNESS, now), (OTHER_WITNESS, now - 1)]
        )
        parse_note(passport["checkpoint"].encode())
        return passport

    both = [(WITNESS, now - 60), (OTHER_WITNESS, now - 3000)]
    return [
        asked("cosigned-by-both", VERIFIED, *both),
        asked("cosigned-by-nobody", cannot(13, "quorum")),
        asked("cosigned-by-one", cannot(13, "quorum"), both[0]),
        asked("cosigned-by-one-twice", cannot(13, "quorum"), both[0], both[0]),
        asked("cosignature-changed", cannot(13, "quorum"), passport=spoiled()),
        asked("cosignature-doubled", cannot(13, "quorum"), passport=doubled()),
        asked("cosigned-in-the-future", cannot(13, "quorum"), both[0],
              (OTHER_WITNESS, now + 301)),
        asked("cosigned-by-a-clock-ahead", VERIFIED, both[0], (OTHER_WITNESS, now + 299)),
        asked("out-of-date", cannot(13, "stale"), *both, now_ms=NOW + DAY_MS),
        asked("cosigned-before-the-last-seal", cannot(13, "cannot-check"), both[0],
              (OTHER_WITNESS, now - 3900)),
    ]


def vectors():
    """Return the files of ``tests/vectors/verify``."""
    about = (
        "Passports as they are sent, what is asked and trusted, and the verdict. Keys "
        "are made from seeds of 32 equal bytes. 'index' is the entry that is named."
    )
    made = {
        "forms.json": forms(),
        "on-the-wire.json": on_the_wire(),
        "authority.json": authority(),
        "times.json": times(),
        "witnesses.json": witnesses(),
    }
    for cases in made.values():
        for each in cases:
            json.loads(each["passport"] or "null") if each["name"] == "honest" else None
    return {name: {"about": about, "cases": cases} for name, cases in made.items()}
