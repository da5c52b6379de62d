from pathlib import Path

import pytest

from api.isolating import isolated
from api.texts import read_messages
from api.whole import ROWS

LOCALE = Path(__file__).parents[2] / "scanner_web/locale"
APART = '<bdi dir="ltr">2026-08-05</bdi>'


def test_parts_of_a_fact_are_set_apart():
    assert isolated('<p data-fact="x">سۈت 2026-08-05.</p>') == (
        f'<p data-fact="x">سۈت {APART}.</p>'
    )
    assert isolated('<ul data-unchecked><li><a href="/a>">2026-08-05</a></li></ul>')
    assert isolated('<i data-part="y"><b>2026-08-05</b></i>').count(APART) == 1


def test_what_is_compared_whole_and_what_is_no_text_stays():
    for page in (
        "<p>سۈت 2026-08-05</p>",
        '<p data-fact="x">سۈت<br></p><p>2026-08-05</p>',
        '<p data-fact="2026-08-05">سۈت</p>',
        "<p data-unchecked><svg><text>2026-08-05</text></svg></p>",
        '<p data-part="x"><bdi>2026-08-05</bdi></p>',
        "</p></p>2026-08-05",
    ):
        assert isolated(page) == page


def test_what_was_escaped_stays_so():
    assert isolated('<p data-fact="x">سۈت &lt;a&gt; &#39;b&#39; &amp;</p>') == (
        '<p data-fact="x">سۈت &lt;<bdi dir="ltr">a&gt; &#39;b</bdi>&#39; &amp;</p>'
    )


@pytest.mark.parametrize("lang", ["ug", "kk"])
def test_what_blocks_and_their_rows_are_called_is_compared_whole(lang):
    texts = read_messages(LOCALE / f"{lang}.json")
    hints = {f"{block}.hint" for block in [*ROWS, "animals"]}
    said = [t for key, t in texts.items() if key in hints or key.startswith("label.")]

    assert len(said) > 50
    for text in said:
        assert isolated(f"<p data-unchecked>{text}</p>") == (
            f"<p data-unchecked>{text}</p>"
        )
