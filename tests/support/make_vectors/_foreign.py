"""Read what others signed, from ``tests/vectors/foreign``, for our vectors."""

import base64
import hashlib
import struct
from pathlib import Path

from tests.support.reference import checkpoint, note, receipt

FOREIGN = Path(__file__).parents[2] / "vectors" / "foreign"


def read(path):
    """Return a foreign file as text, with its newlines as they are."""
    return (FOREIGN / path).read_bytes().decode()


def spec_note():
    """Return the vkey and the note that C2SP signed-note shows."""
    return read("c2sp/signed-note.vkey").strip(), read("c2sp/signed-note.txt")


def spec_message():
    """Return the time, the text and the message that C2SP tlog-cosignature shows."""
    message = read("c2sp/cosignature-message.txt")
    _, time, text = message.split("\n", 2)
    return int(time.removeprefix("time ")), text, message


def go_checkpoint():
    """Return the vkey, the origin and a checkpoint of Go's checksum database."""
    signed = read("go-sumdb/checkpoint.txt")
    return read("go-sumdb/vkey.txt").strip(), signed.partition("\n")[0], signed


class Sigsum:
    """One proof of logging of sigsum-go, spelled as C2SP does."""

    def __init__(self):
        """Read the proof and its keys."""
        keys = {}
        for line in read("sigsum/keys.txt").splitlines():
            word, _, encoded = line.split(" ")
            keys[word] = base64.b64decode(encoded)[-32:]
        fields = {}
        for line in read("sigsum/proof.txt").splitlines():
            name, _, value = line.partition("=")
            fields.setdefault(name, []).append(value)
        key_hash, leaf_signature = fields["leaf"][0].split(" ")
        _, time, cosignature = fields["cosignature"][0].split(" ")
        checksum = hashlib.sha256(b"%32s" % b"foo-4\n").hexdigest()

        self.origin = "sigsum.org/v1/tree/" + hashlib.sha256(keys["log"]).hexdigest()
        self.log_vkey = note.vkey(self.origin, note.ED25519, keys["log"])
        name = "sigsum.org/witness"
        self.witness_vkey = note.vkey(name, note.COSIGNATURE, keys["witness"])
        self.time = int(time)
        self.text = checkpoint.text(
            self.origin, fields["size"][0], bytes.fromhex(fields["root_hash"][0])
        )
        self.log_line = note.line(
            self.origin,
            note.parse_vkey(self.log_vkey)[1],
            bytes.fromhex(fields["signature"][0]),
        )
        self.witness_line = note.line(
            name,
            note.parse_vkey(self.witness_vkey)[1],
            struct.pack(">Q64s", self.time, bytes.fromhex(cosignature)),
        )
        self.entry = bytes.fromhex(checksum + leaf_signature + key_hash)
        self.receipt = receipt.receipt(
            fields["leaf_index"][0],
            [bytes.fromhex(sibling) for sibling in fields["node_hash"]],
            note.note(self.text, self.log_line, self.witness_line),
        )
