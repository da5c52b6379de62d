import hashlib

import pytest

from ledger.errors import LabelError
from ledger.fragment import Fragment, fragment_of, is_label, parse_fragment, shown_root

ROOT = hashlib.sha256(b"caravan").digest()
TEXT = fragment_of(4797, ROOT).to_text()


def test_a_fragment_is_read_as_it_was_printed():
    assert parse_fragment(TEXT) == Fragment(4797, ROOT[:24])
    assert len(TEXT) == len("#c=4797.") + 32
    assert TEXT.endswith(shown_root(ROOT))
    assert is_label(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "#c=",
        "#c=1",
        TEXT[1:],
        TEXT[:-1],
        TEXT + "A",
        TEXT + "=",
        TEXT + "\n",
        TEXT + "&lang=en",
        TEXT.replace("=", "%3D"),
        TEXT.replace("4797", "0"),
        TEXT.replace("4797", "04797"),
        TEXT.replace("4797", "-1"),
        TEXT.replace("4797", "\u0664"),
        TEXT.replace("4797", "1" * 16),
        TEXT[:-1] + "+",
        TEXT[:-1] + "/",
        TEXT[:-1] + ".",
        TEXT[:-1] + "\u00e9",
    ],
)
def test_another_spelling_is_none(text):
    with pytest.raises(LabelError):
        parse_fragment(text)


def test_a_fragment_of_a_page_is_no_label():
    assert not any(map(is_label, ["", "#", "#entry-5", "#C=1.", "#cc=1"]))
