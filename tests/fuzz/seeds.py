"""Inputs to begin with: what the shared vectors hold, true and false."""

from collections.abc import Callable, Iterator
from pathlib import Path

import ledger.importer
from tests.support.vectors import VECTORS, load

HERDS = Path(ledger.importer.__file__).parent / "data" / "dairy-herds"
_KEY_FILE = b"""\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
"""
_PNG = "data:image/png;base64,iVBORw0KGgoAAAAASUVORK5CYII="
_JPEG = "data:image/jpeg;base64,/9j/4AAEAAD/2gAC/9k="
_WEBP = "data:image/webp;base64,UklGRgwAAABXRUJQVlA4IAAAAAA="
_ADD_CHECKPOINT = (
    b"old 7\n"
    + 2 * (b"A" * 43 + b"=\n")
    + b"\nledger.example/log\n8\n"
    + b"A" * 43
    + b"=\n\n\xe2\x80\x94 ledger.example/log K06huWJh\n"
)

Seeds = Callable[[], Iterator[bytes]]


def _of(path: str, *names: str, between: bytes = b"") -> Seeds:
    """Return what gives these members of each case, as text or in hex."""

    def given(case: dict[str, object], name: str) -> bytes:
        in_hex = case.get(f"{name}_hex")
        if in_hex is not None:
            return bytes.fromhex(str(in_hex))
        return str(case[name]).encode("utf-8", "surrogatepass")

    def each() -> Iterator[bytes]:
        for case in load(path)["cases"]:
            yield between.join(given(case, name) for name in names)

    return each


def _these(*seeds: bytes | str) -> Seeds:
    return lambda: (s if isinstance(s, bytes) else s.encode() for s in seeds)


def _both(*sources: Seeds) -> Seeds:
    return lambda: (seed for source in sources for seed in source())


def _files(*paths: Path) -> Seeds:
    return lambda: (path.read_bytes()[:4096] for path in paths)


_EVENTS = _of("event/parse.json", "body")
_ENTRIES = _both(_of("statement/forms.json", "entry"), _of("seal/forms.json", "entry"))
_LABELLED = _of("verify/labels.json", "passport")
_PASSPORTS = _both(_of("verify/passports.json", "passport"), _LABELLED)

SEEDS: dict[str, Seeds] = {
    "action": _of("action/forms.json", "body"),
    "add-checkpoint": _these(_ADD_CHECKPOINT, b"old 0\n\nx"),
    "base64": _of("encoding/base64.json", "text"),
    "bundle": _of("tile/bundles.json", "bundle"),
    "canonical": _both(_of("encoding/canonical.json", "text"), _EVENTS),
    "checkpoint": _of("checkpoint/parse.json", "text"),
    "cosignature": _of("cosignature/verify.json", "vkey", "note", between=b"\n"),
    "cosigned": _of("policy/cosignatures.json", "policy", "note", between=b"----\n"),
    "direction": _these("back", "forth"),
    "disclosures": _of("disclosure/parse.json", "document"),
    "event": _EVENTS,
    "events-file": _both(_EVENTS, _these(b'{"a":1}\n{"a":2}\n', b'[{"a":1}]')),
    "identifier": _of("identifier/parse.json", "text"),
    "index-page": _these(bytes(16), bytes(15) + b"\1" + bytes(7) + b"\1" + bytes(72)),
    "integer": _of("encoding/integers.json", "text"),
    "json": _both(_of("encoding/respelled.json", "text"), _EVENTS),
    "key-file": _these(_KEY_FILE),
    "key-name": _of("note/key-name.json", "key_name"),
    "kind": _ENTRIES,
    "label": _of("verify/labels.json", "label"),
    "labelled": _LABELLED,
    "mapping": _files(HERDS / "mapping.toml"),
    "note": _of("note/parse.json", "note"),
    "notes-file": _these(b'["one\\n"]', b"two\n", b"[{}]", b"{}"),
    "passport": _PASSPORTS,
    "path": _of("identifier/path.json", "path"),
    "photo": _these(_PNG, _JPEG, _WEBP),
    "policy": _of("policy/parse.json", "policy"),
    "prefix": _of("identifier/prefix.json", "text"),
    "receipt": _of("receipt/parse.json", "receipt"),
    "schema": _EVENTS,
    "seal": _of("seal/forms.json", "entry"),
    "split-view": _of("evidence/verify.json", "evidence"),
    "statement": _of("statement/forms.json", "entry"),
    "table": _files(*sorted(HERDS.glob("*.csv"))),
    "template": _these("https://{host}/id/place/{herd|lower}", "{{", "{a@b.c}"),
    "tile-path": _of("tile/paths.json", "path"),
    "time": _of("seal/times.json", "text"),
    "trace": _these(b'{"format":"caravan/trace/v1","nodes":[],"links":[]}'),
    "unit": _these("KGM", "LTR", "H87"),
    "value": _of("disclosure/value.json", "member", "value", between=b"="),
    "verified": _PASSPORTS,
    "vkey": _of("note/vkey.json", "vkey"),
}
assert VECTORS.is_dir()


def seeds(name: str) -> list[bytes]:
    """Return the inputs that a target begins with, each once, in a fixed order."""
    return [*dict.fromkeys(SEEDS[name]())]
