"""Define receipts as a language, and verify them with the recursive Merkle tree."""

import re

from tests.support.reference import checkpoint, encoding, merkle, note

HEAD = re.compile(
    r"c2sp\.org/tlog-proof@v1\n"
    r"(?:extra ([A-Za-z0-9+/]+={0,2})\n)?"
    r"index (0|[1-9][0-9]{0,18})\n"
    r"((?:[A-Za-z0-9+/]{43}=\n){0,63})"
    r"\n"
)


def receipt(index, proof, signed, *, extra=None):
    """Return a receipt of parts as they are."""
    lines = ["c2sp.org/tlog-proof@v1\n"]
    if extra is not None:
        lines.append(f"extra {encoding.encode_base64(extra)}\n")
    lines.append(f"index {index}\n")
    lines += [encoding.encode_base64(sibling) + "\n" for sibling in proof]
    return "".join([*lines, "\n", signed])


def parse(data):
    """Return (extra, index, proof, checkpoint), or None for what is no receipt."""
    text = data.decode("latin-1")
    found = HEAD.match(text)
    if found is None or int(found[2]) >= 2**63:
        return None
    extra = None if found[1] is None else note.decode_base64(found[1])
    proof = [note.decode_base64(line) for line in found[3].splitlines()]
    if None in proof or (found[1] is not None and not extra):
        return None
    return extra, int(found[2]), proof, data[found.end() :]


def judge(data, entry, *, origin, keys):
    """Return the code that verifying a receipt of an entry leads to."""
    parsed = parse(data)
    if parsed is None:
        return "receipt-format"
    _, index, proof, signed = parsed
    code, _ = checkpoint.judge(signed, origin=origin, keys=keys)
    if code != "ok":
        return code
    _, size, root = checkpoint.parse(note.parse(signed)[0])
    if index >= size:
        return "not-verified"
    if len(proof) != merkle.path_length(index, size):
        return "proof-shape"
    leaf = merkle.leaf_hash(entry)
    if merkle.root_from_path(leaf, index, size, proof) != root:
        return "root-mismatch"
    return "ok"
