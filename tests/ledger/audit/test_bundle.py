"""Evidence bundles: what is laid out is what is read, and nothing else is taken."""

import base64
import hashlib
import random

import pytest

from ledger.audit.archive import write_archive
from ledger.audit.bundle import is_bundle, open_bundle, tiles_of
from ledger.audit.bundling import Layout, named_files
from ledger.checkpoint import parse_checkpoint
from ledger.errors import IncompleteError, LedgerError
from ledger.mirror import Mirror
from ledger.note import parse_note
from tests.support.forge import LEDGER, ORIGIN, Forge, policy_text

DIGEST = hashlib.sha256(b"a letter")
URI = base64.urlsafe_b64encode(DIGEST.digest()).decode().rstrip("=")


def long_ledger(size):
    """Return entries that say nothing, under a checkpoint that is signed."""
    forge = Forge()
    forge.entries = [b"entry %d" % number for number in range(size)]
    return forge


def laid_out(forge, folder):
    layout = Layout(folder)
    note = forge.checkpoint(LEDGER)
    checkpoint = parse_checkpoint(parse_note(note).text)
    layout.write_log(checkpoint, note, enumerate(forge.entries))
    return layout, checkpoint


def bundled(forge, folder):
    layout, checkpoint = laid_out(forge, folder / "bundle")
    given = dict.fromkeys(("templates", "attachments", "refusal"))
    layout.write_rest(checkpoint, reports=[], **given)
    path = folder / "bundle.zip"
    with path.open("wb") as stream:
        layout.write_archive(stream)
    return path


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_a_log_is_laid_out_as_a_mirror_has_it(size, tmp_path):
    forge = long_ledger(size)
    laid_out(forge, tmp_path / "bundle")
    mirror = Mirror(tmp_path / "mirror")
    mirror.advance(
        forge.checkpoint(LEDGER),
        lambda size, start: enumerate(forge.entries[start:size], start),
        origin=ORIGIN,
        log_keys=[LEDGER.vkey],
    )
    mirror.close()

    there, here = (
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.name != ".lock"
        }
        for folder in (tmp_path / "mirror", tmp_path / "bundle" / "log")
    )
    assert here == there
    assert {*here} == {"checkpoint", *tiles_of(size)}


@pytest.mark.parametrize("size", [1, 256, 300])
def test_what_goes_in_comes_out(size, tmp_path):
    forge = long_ledger(size)
    with open_bundle(bundled(forge, tmp_path)) as bundle:
        assert [entry for _, entry in bundle.entries(size)] == forge.entries
        assert [*bundle.entries(size, size - 1)] == [(size - 1, forge.entries[-1])]
        assert bundle.checkpoint() == forge.checkpoint(LEDGER)
        assert bundle.policy() is None
        products = [template.product for template in bundle.templates()]
        assert products == [used.product for used in bundle.contents.templates]
        assert "bactrian-milk" in products
        assert bundle.attachment(DIGEST.hexdigest()) is None
        with pytest.raises(IncompleteError):
            [*bundle.entries(1000)]


def test_a_log_that_ends_too_early_is_not_laid_out(tmp_path):
    forge = long_ledger(5)
    note = forge.checkpoint(LEDGER)
    checkpoint = parse_checkpoint(parse_note(note).text)
    for entries in (forge.entries[:4], forge.entries[1:]):
        with pytest.raises(IncompleteError, match="entry"):
            Layout(tmp_path).write_log(
                checkpoint, note, ((forge.entries.index(e), e) for e in entries)
            )


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f'{{"x":"ni:///sha-256;{URI}"}}', True),
        (f'{{"x":"see ni:///sha-256;{URI}?ct=application/pdf, p. 2"}}', True),
        (f'{{"caravan:photo":{{"sha256":"{DIGEST.hexdigest()}"}}}}', True),
        (f'{{"caravan:letter_sha256":"{DIGEST.hexdigest()}"}}', True),
        (f'{{"x":"ni:///sha-256;{URI}A"}}', False),
        (f'{{"x":"ni:///sha-256;{URI[:-1]}"}}', False),
        (f'{{"x":"ni:///sha-256;{URI[:-1]}_"}}', False),
        (f'{{"sha256":"{DIGEST.hexdigest().upper()}"}}', False),
        (f'{{"x":"sha256\\":\\"{DIGEST.hexdigest()}\\""}}', False),
        (f'{{"caravan:commit":"{DIGEST.hexdigest()}"}}', False),
    ],
)
def test_a_file_is_named_by_its_hash_in_two_spellings(body, found):
    assert named_files(body.encode()) == ({DIGEST.hexdigest()} if found else set())


def test_no_bytes_make_it_fail_otherwise_than_by_refusing(tmp_path):
    path = bundled(long_ledger(3), tmp_path)
    data, chance = path.read_bytes(), random.Random(7)
    for _ in range(150):
        other = bytearray(data)
        for _ in range(chance.choice((1, 1, 5))):
            other[chance.randrange(len(other))] = chance.randrange(256)
        if chance.random() < 0.3:
            del other[chance.randrange(len(other)) :]
        path.write_bytes(other)
        if other != data and is_bundle(path):
            with pytest.raises(LedgerError), open_bundle(path):
                pass


def test_a_claim_of_a_huge_log_costs_nothing(tmp_path):
    forge = long_ledger(3)
    note = forge.checkpoint(LEDGER).replace(b"\n3\n", b"\n%d\n" % 10**14, 1)
    layout, checkpoint = laid_out(forge, tmp_path / "bundle")
    claim = parse_checkpoint(parse_note(note).text)
    (layout.log / "checkpoint").write_bytes(note)
    given = dict.fromkeys(("templates", "attachments", "refusal"))
    layout.write_rest(claim, reports=[], **given)
    with (tmp_path / "bundle.zip").open("wb") as stream:
        layout.write_archive(stream)

    assert checkpoint.size == 3
    with pytest.raises(LedgerError), open_bundle(tmp_path / "bundle.zip"):
        pass


def test_what_is_no_bundle_is_not_taken_for_one(tmp_path):
    (tmp_path / "letter").write_bytes(b"Dear auditor")
    with (tmp_path / "other.zip").open("wb") as stream:
        write_archive(stream, [("a", tmp_path / "letter")])
    (tmp_path / "policy").write_text(policy_text())

    for name in ("letter", "other.zip", "policy", "nothing", "."):
        assert not is_bundle(tmp_path / name)
    assert is_bundle(bundled(long_ledger(2), tmp_path))
