"""A ledger in memory that can be told to lie.

Whatever bytes it is given become entries, in place, under a tree and a checkpoint that
are consistent with them; so a lie is refused for what it is, not because a hash of it
is wrong. It judges nothing. Keys are seeded: what it makes is the same everywhere.
"""

import hashlib

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.completeness import listed_under
from ledger.errors import LedgerError
from ledger.event import parse_event
from ledger.fragment import fragment_of
from ledger.index import IndexTree
from ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    multi_proof,
    root_hash,
)
from ledger.note import NoteSigner, parse_note
from ledger.passport import LabelProof, Passport
from ledger.receipt import Receipt
from ledger.seal import Seal, chain_next, chain_start, format_time
from ledger.signatures import SigningKey
from ledger.statement import sign_statement

ORIGIN = "oasis.example/milk-00c0ffee"
HOST = "oasis.example"
START_MS = 1_781_222_400_000  # 2026-06-12T00:00:00Z
PARTY = f"https://{HOST}/id/party/spring"
OTHER_PARTY = f"https://{HOST}/id/party/well"
ANIMAL = f"https://{HOST}/id/animal/spring/7"
PLACE = f"https://{HOST}/id/place/spring"
STEPS = [
    ["arriving", None],
    ["commissioning", "active"],
    ["departing", None],
    ["inspecting", None],
    ["inspecting", "non_conformant"],
]


def signer(name, word=None):
    """Return a key that belongs to its name, or to another word with the same name."""
    seed = hashlib.sha256(f"caravan test key {word or name}".encode()).digest()
    return NoteSigner(name, SigningKey.from_seed(seed))


LEDGER = signer(ORIGIN)
REGISTRAR = signer(f"{HOST}/registrar")
RECOVERY = signer(f"{HOST}/recovery")
HERDER = signer(f"{HOST}/spring")
WELL = signer(f"{HOST}/well")


class Forge:
    """Entries, one after the other, and what is signed over them."""

    def __init__(self, origin=ORIGIN):
        self.origin = origin
        self.entries = []
        self.now_ms = START_MS
        self.index = IndexTree(origin)
        self.names = set()
        self.last_seal = None

    # ----------------------------------------------------------------- appending

    def add(self, entry, about=()):
        """Append any bytes, listed under these subjects; return their index."""
        self.entries.append(entry)
        for subject in about:
            self.index.append(subject, len(self.entries) - 1)
            self.names.add(subject)
        return len(self.entries) - 1

    def seal(self, minutes=1, **said):
        """Close what stands open; members given in ``said`` are put in its mouth."""
        self.now_ms += minutes * 60_000
        truth = {
            "origin": self.origin,
            "index": len(self.entries),
            "time": format_time(self.now_ms),
            "chain_head": self.chain_head(),
            "index_root": self.index.root(),
            "previous": self.last_seal,
        }
        index = self.add(Seal(**truth | said).to_bytes())
        self.last_seal = index
        return index

    def directory(self, body, *signers, about=("registrar",), origin=None):
        """Append a directory statement."""
        entry = sign_statement(
            origin=origin or self.origin, kind="directory", body=body, signers=signers
        )
        return self.add(entry, about)

    def genesis(self, ledger_keys=(LEDGER,), registrar=REGISTRAR, max_age=86_400):
        """Append the genesis."""
        body = {
            "action": "genesis",
            "ledger_keys": [key.vkey.to_text() for key in ledger_keys],
            "max_age_seconds": max_age,
            "recovery": {"k": 1, "keys": [RECOVERY.vkey.to_text()]},
            "registrar": registrar.vkey.to_text(),
        }
        return self.directory(body, registrar)

    def admit(self, party=PARTY, steps=None, by=REGISTRAR, **members):
        """Append an admission."""
        word = party.rpartition("/")[2]
        body = {
            "action": "admit",
            "kind": "farm",
            "party": party,
            "places": [],
            "prefixes": [f"https://{HOST}/id/animal/{word}"],
            "rights": {"persistent": [], "steps": steps or STEPS},
        } | members
        return self.directory(body, by, about=(party,))

    def authorize(self, key=HERDER, party=PARTY, signers=None, **members):
        """Append an authorisation."""
        body = {"action": "authorize", "key": key.vkey.to_text(), "party": party}
        return self.directory(
            body | members, *(signers or (REGISTRAR, key)), about=(party,)
        )

    def revoke(self, key=HERDER, party=PARTY, by=REGISTRAR):
        """Append a revocation."""
        body = {"action": "revoke", "key": key.vkey.to_text(), "party": party}
        return self.directory(body, by, about=(party,))

    def event(self, number=1, *signers, origin=None, **members):
        """Append an event, by default about the animal; return its index."""
        entry = self.event_entry(number, *signers, origin=origin, **members)
        return self.add(entry, names_of(event_body(number, **members)))

    def event_entry(self, number=1, *signers, origin=None, **members):
        """Return an event statement without appending it."""
        return sign_statement(
            origin=origin or self.origin,
            kind="event",
            body=event_body(number, **members),
            signers=signers or (HERDER,),
        )

    # --------------------------------------------------------------- signing over

    def leaves(self):
        """Return the leaf hash of every entry."""
        return [leaf_hash(entry) for entry in self.entries]

    def chain_head(self):
        """Return the chain over all entries."""
        head = chain_start(self.origin)
        for leaf in self.leaves():
            head = chain_next(head, leaf)
        return head

    def hash_at(self, level, index):
        """Return the hash of a complete subtree."""
        leaves = self.leaves()[index << level : (index + 1) << level]
        assert len(leaves) == 1 << level
        return root_hash(leaves)

    def checkpoint(self, *signers):
        """Return the signed checkpoint over all entries."""
        tree = Checkpoint(self.origin, len(self.entries), root_hash(self.leaves()))
        return sign_checkpoint(tree, signers or (LEDGER,))

    def receipt(self, index, *signers):
        """Return the receipt of an entry."""
        proof = inclusion_proof(index, len(self.entries), self.hash_at)
        return Receipt(index, proof, self.checkpoint(*signers)).to_bytes()

    def root(self, size):
        """Return the root over the first entries."""
        return root_hash(self.leaves()[:size])

    def fragment(self, size):
        """Return what is printed of the tree over the first entries."""
        return fragment_of(size, self.root(size)).to_text()

    def label(self, size):
        """Return the proof that the ledger extends the tree of a label."""
        proof = consistency_proof(size, len(self.entries), self.hash_at)
        return LabelProof(size, self.root(size), proof)

    def passport(
        self,
        subject=ANIMAL,
        *,
        names=None,
        also=(),
        without=(),
        checkpoint=None,
        label=None,
        **lies,
    ):
        """Return a passport that gives every list and entry, or those of some names.

        Args:
            subject: What it is about.
            names: The lists to give, with their entries and all seals; None for all.
            also: Indices of entries that are given all the same.
            without: Indices of entries that are left out all the same.
            checkpoint: What it stands under; None for that of the ledger key.
            label: What it says of a label; None for nothing.
            lies: ``lists`` changes lists by name, None takes one out; ``proof`` stands
                in the place of the proof.
        """
        lists, proof = self.index.prove_lists(sorted(names or {subject, *self.names}))
        given = (self._given(lists, names) | {*also}) - {*without}
        lists |= lies.get("lists", {})
        return Passport(
            subject=subject,
            checkpoint=checkpoint or self.checkpoint(),
            entries=tuple((index, self.entries[index]) for index in sorted(given)),
            lists={
                name: tuple(listed)
                for name, listed in lists.items()
                if listed is not None
            },
            proof=tuple(lies.get("proof", proof)),
            nodes=multi_proof(sorted(given), len(self.entries), self.hash_at),
            label=label,
        )

    def _given(self, lists, names):
        if names is None:
            return {*range(len(self.entries))}
        seals = {
            i for i, e in enumerate(self.entries) if e.startswith(b"caravan/seal/")
        }
        return seals.union(*lists.values())


def names_of(body):
    """Return what an event is listed under; of a malformed one, what it can be."""
    try:
        event = parse_event(body, host=HOST)
    except LedgerError:
        return tuple(body.get("epcList", ()))
    return listed_under(event.subjects, is_alarm=event.is_alarm)


def event_body(number=1, **members):
    """Return an event about the animal; a member given as None is left out."""
    body = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:0190a6c0-0000-7000-8000-{number:012d}",
        "eventTime": f"2026-06-11T06:{number % 60:02d}:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "readPoint": {"id": PLACE},
        "epcList": [ANIMAL],
    } | members
    return {member: value for member, value in body.items() if value is not None}


def begun():
    """Return a ledger with a party that may write; nothing is open."""
    forge = Forge()
    forge.genesis()
    forge.seal()
    forge.admit()
    forge.authorize()
    forge.seal()
    return forge


def honest():
    """Return a small honest ledger: a birth, two weighings, one of them corrected."""
    forge = begun()
    forge.event(1, action="ADD", bizStep="commissioning", disposition="active")
    forge.event(2)
    forge.seal()
    forge.event(3)
    forge.event(2, errorDeclaration={"declarationTime": "2026-06-12T09:00:00+08:00"})
    forge.seal()
    return forge


def policy_text(*lines, log=LEDGER):
    """Return a policy: a log line, and the lines given or no quorum."""
    return "\n".join([f"log {log.vkey.to_text()}", *(lines or ["quorum none"]), ""])


def relabelled(entry, name):
    """Return a note whose first signature line bears another name."""
    note = parse_note(entry)
    line = note.signatures[0]
    old = f"\u2014 {line.name} ".encode()
    return entry.replace(old, f"\u2014 {name} ".encode(), 1)


def flipped(entry, place=-10):
    """Return bytes with one base64 character of a signature changed."""
    other = b"A" if entry[place : place + 1] != b"A" else b"B"
    return entry[:place] + other + entry[place + 1 :]
