"""docs/formats.md shows the bytes of the vectors, and names folders that exist."""

import re

from tests.support.make_docs import DOCUMENT, MARKER, ROOT, made


def test_examples_are_those_of_the_vectors():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert len(MARKER.findall(text)) >= 8
    assert made() == text, "run: python -m tests.support.make_docs"


def test_named_vectors_exist():
    text = DOCUMENT.read_text(encoding="utf-8")
    named = re.findall(r"`([a-z]+/(?:[a-z_]+\.json)?)`", text)
    assert named
    for name in named:
        if not name.startswith("caravan"):
            assert (ROOT / "tests/vectors" / name).exists(), name
