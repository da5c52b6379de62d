"""What is fuzzed in Python: by name, what each reader makes of some bytes.

``said`` returns JSON: the code of a refusal (with its pointer, where both languages
point), or what was read. Whatever else is raised is a mistake of ours. The names that
``judge.js`` has too must say the same there.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ledger.action import action_subjects, parse_action
from ledger.addcheckpoint import parse_add_checkpoint
from ledger.checkpoint import parse_checkpoint
from ledger.cli.notes import read_notes
from ledger.cli.sign import read_events
from ledger.cosignature import verify_cosignature
from ledger.disclosure import check_value, parse_disclosures
from ledger.encoding import (
    canonical,
    decode_base64,
    parse_canonical,
    parse_integer,
    parse_json,
)
from ledger.errors import EvidenceError, LedgerError
from ledger.event import parse_event
from ledger.evidence import parse_split_view, verify_split_view
from ledger.fragment import parse_fragment
from ledger.identifier import check_prefix, identifiers_from_path, parse_identifier
from ledger.importer.mapping import parse_mapping
from ledger.importer.table import parse_table
from ledger.importer.template import parse_template
from ledger.indexpage import parse_page
from ledger.keys import read_key_file
from ledger.note import check_key_name, parse_note, parse_vkey
from ledger.passport import parse_passport
from ledger.photo import check_photo
from ledger.policy import parse_policy, read_cosignatures
from ledger.receipt import parse_receipt
from ledger.schema import check_schema
from ledger.seal import entry_kind, parse_seal, parse_time
from ledger.statement import parse_statement
from ledger.tile import decode_bundle, parse_tile_path
from ledger.trace import parse_direction, parse_trace
from ledger.trust import Trust
from ledger.units import find_unit
from ledger.verify import verify_passport
from tests.support.vectors import load

HOST = "ledger.example"
ORIGIN = "ledger.example/milk-0badcafe"
_FOLDER = tempfile.TemporaryDirectory(prefix="caravan-fuzz-")
_KEY = Path(_FOLDER.name) / "ledger.pem"

Said = object
"""What can be written as JSON: a refusal's code, or what was read."""


def _canonical(data: bytes) -> Said:
    return ["ok", canonical(parse_canonical(data)).decode()]


def _json(data: bytes) -> Said:
    parse_json(data)
    return "ok"


def _base64(data: bytes) -> Said:
    return ["ok", decode_base64(_text(data)).hex()]


def _integer(data: bytes) -> Said:
    return ["ok", parse_integer(_text(data))]


def _key_name(data: bytes) -> Said:
    check_key_name(_text(data))
    return "ok"


def _vkey(data: bytes) -> Said:
    vkey = parse_vkey(_text(data))
    return ["ok", vkey.name, vkey.kind, vkey.key.hex()]


def _note(data: bytes) -> Said:
    note = parse_note(data)
    assert note.to_bytes() == data
    lines = [[s.name, s.key_id.hex(), s.signature.hex()] for s in note.signatures]
    return ["ok", note.text.hex(), lines]


def _checkpoint(data: bytes) -> Said:
    checkpoint = parse_checkpoint(data)
    return ["ok", checkpoint.origin, checkpoint.size, checkpoint.root.hex()]


def _statement(data: bytes) -> Said:
    statement = parse_statement(data)
    signers = [signer.label for signer in statement.signers]
    return ["ok", statement.origin, statement.kind, signers, statement.body.hex()]


def _kind(data: bytes) -> Said:
    return ["ok", entry_kind(data)]


def _seal(data: bytes) -> Said:
    seal = parse_seal(data)
    assert seal.to_bytes() == data
    return ["ok", seal.origin, seal.index, seal.time_ms, seal.previous]


def _time(data: bytes) -> Said:
    return ["ok", parse_time(_text(data))]


def _event(data: bytes) -> Said:
    event = parse_event(parse_canonical(data), host=HOST)
    return ["ok", event.type, str(event.instant_us), [*event.subjects], event.seq]


def _action(data: bytes) -> Said:
    action = parse_action(parse_canonical(data), host=HOST, origin=ORIGIN)
    return ["ok", [*action_subjects(action)]]


def _identifier(data: bytes) -> Said:
    found = parse_identifier(_text(data), host=HOST)
    return ["ok", found.text, found.kind, [*found.parts]]


def _path(data: bytes) -> Said:
    found = identifiers_from_path(_text(data), host=HOST)
    return ["ok", [identifier.text for identifier in found]]


def _prefix(data: bytes) -> Said:
    check_prefix(_text(data), host=HOST)
    return "ok"


def _policy(data: bytes) -> Said:
    policy = parse_policy(data)
    return [
        "ok",
        [log.vkey.to_text() for log in policy.logs],
        [witness.name for witness in policy.witnesses],
        [[g.name, g.threshold, [*g.members]] for g in policy.groups],
        policy.quorum,
    ]


def _cosigned(data: bytes) -> Said:
    """Read a policy, a line of dashes and a cosigned checkpoint."""
    policy, _, note = data.partition(b"----\n")
    cosigned = read_cosignatures(parse_policy(policy), parse_note(note))
    return ["ok", sorted(cosigned.times.items()), [*cosigned.faulty]]


def _cosignature(data: bytes) -> Said:
    """Read a vkey and, from the next line on, a note whose first line is by it."""
    line, _, rest = data.partition(b"\n")
    vkey, note = parse_vkey(_text(line)), parse_note(rest)
    return ["ok", verify_cosignature(vkey, note.text, note.signatures[0])]


def _disclosures(data: bytes) -> Said:
    document = parse_disclosures(data)
    return ["ok", document.subject, [item.value for item in document.items]]


def _value(data: bytes) -> Said:
    member, _, value = _text(data).partition("=")
    if member not in {"name", "photo", "story"}:
        return "no member"
    check_value(member, value)
    return "ok"


def _passport(data: bytes) -> Said:
    passport = parse_passport(data)
    names = [[name, [*indices]] for name, indices in passport.lists.items()]
    label = None if passport.label is None else passport.label.size
    return ["ok", passport.subject, len(passport.entries), names, label]


_LOG_KEYS = [
    parse_vkey(key) for key in load("evidence/verify.json")["cases"][0]["log_keys"]
]


def _split_view(data: bytes) -> Said:
    """Read evidence, and judge it if it has the form."""
    evidence = parse_split_view(data)
    assert evidence.to_bytes() == data
    with suppress(EvidenceError):
        verify_split_view(evidence, log_keys=_LOG_KEYS)
    return "ok"


_HONEST = load("verify/passports.json")["cases"][0]
_LABELLED = load("verify/labels.json")["cases"][4]


def _judged(data: bytes, case: dict[str, str]) -> Said:
    trust = Trust(case["policy"].encode(), "yours", int(case["now_ms"]))
    try:
        report = verify_passport(
            data, subject=case["subject"], trust=trust, label=case.get("label")
        )
    except LedgerError as error:
        return [error.code, error.step, error.index]
    shown = [statement.judged.index for statement in report.statements]
    return ["ok", shown, [*report.absent]]


def _verified(data: bytes) -> Said:
    return _judged(data, _HONEST)


def _labelled(data: bytes) -> Said:
    """Read a passport as one who scanned a label."""
    return _judged(data, _LABELLED)


def _label(data: bytes) -> Said:
    label = parse_fragment(_text(data))
    assert label.to_text() == _text(data)
    return ["ok", label.size, label.root.hex()]


def _schema(data: bytes) -> Said:
    check_schema(parse_event(parse_canonical(data), host=HOST), host=HOST)
    return "ok"


def _key_file(data: bytes) -> Said:
    _KEY.write_bytes(data)
    read_key_file(_KEY, name="ledger.example/key")
    return "ok"


def _photo(data: bytes) -> Said:
    check_value("photo", _text(data))
    check_photo(_text(data))
    return "ok"


def _page(data: bytes) -> Said:
    parse_page("", data, bytes(32))
    return "ok"


def _table(data: bytes) -> Said:
    parse_table(data, name="a.csv")
    return "ok"


def _ok(read: Callable[[bytes], object]) -> Callable[[bytes], Said]:
    def said_ok(data: bytes) -> Said:
        read(data)
        return "ok"

    return said_ok


def _ok_text(read: Callable[[str], object]) -> Callable[[bytes], Said]:
    return _ok(lambda data: read(_text(data)))


class _NoTextError(Exception):
    """Bytes are not UTF-8: who reads text is not asked."""


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _NoTextError from None


BOTH: dict[str, Callable[[bytes], Said]] = {
    "action": _action,
    "base64": _base64,
    "canonical": _canonical,
    "checkpoint": _checkpoint,
    "cosignature": _cosignature,
    "cosigned": _cosigned,
    "disclosures": _disclosures,
    "event": _event,
    "identifier": _identifier,
    "integer": _integer,
    "key-name": _key_name,
    "kind": _kind,
    "label": _label,
    "labelled": _labelled,
    "note": _note,
    "passport": _passport,
    "path": _path,
    "policy": _policy,
    "prefix": _prefix,
    "seal": _seal,
    "statement": _statement,
    "time": _time,
    "value": _value,
    "verified": _verified,
    "vkey": _vkey,
}
"""Readers that JavaScript has too."""

ALONE: dict[str, Callable[[bytes], Said]] = {
    "add-checkpoint": _ok(lambda data: parse_add_checkpoint(data).to_bytes()),
    "bundle": _ok(lambda data: decode_bundle(data, 2)),
    "direction": _ok_text(parse_direction),
    "events-file": _ok(read_events),
    "index-page": _page,
    "json": _json,
    "key-file": _key_file,
    "mapping": _ok(parse_mapping),
    "notes-file": _ok(read_notes),
    "photo": _photo,
    "receipt": _ok(lambda data: parse_receipt(data).to_bytes()),
    "schema": _schema,
    "split-view": _split_view,
    "table": _table,
    "template": _ok_text(parse_template),
    "tile-path": _ok_text(parse_tile_path),
    "trace": _ok(parse_trace),
    "unit": _ok_text(find_unit),
}
"""Readers that Python alone has."""

TARGETS = BOTH | ALONE

POINTED = {"action", "event"}
"""Readers of which both languages name the same member, the first that is wrong."""


def said(name: str, data: bytes) -> Said:
    """Return what a reader makes of some bytes; only a mistake of ours is raised."""
    try:
        return TARGETS[name](data)
    except _NoTextError:
        return "no text"
    except LedgerError as error:
        return [error.code, error.pointer if name in POINTED else None]
