"""What the docs copy is as its source has it, and vectors that they name exist."""

import re

from tests.support.make_docs import DOCUMENT, MARKER, ROOT, TRUST, VERIFIER, stale


def test_what_is_copied_is_as_its_source_has_it():
    assert len(MARKER.findall(DOCUMENT.read_text(encoding="utf-8"))) >= 8
    assert len(VERIFIER.findall(TRUST.read_text(encoding="utf-8"))) == 1
    assert stale() == [], "run: python -m tests.support.make_docs"


def test_named_vectors_exist():
    text = DOCUMENT.read_text(encoding="utf-8")
    named = re.findall(r"`([a-z]+/(?:[a-z_]+\.json)?)`", text)
    assert named
    for name in named:
        if not name.startswith("caravan"):
            assert (ROOT / "tests/vectors" / name).exists(), name
