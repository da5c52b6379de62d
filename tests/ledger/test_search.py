"""What is typed leads to what is meant, to several things, or to nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IdentifierError
from ledger.search import MAX_FOUND, MAX_TYPED, Search, search

HOST = "herd.example"
ITEM, OTHER = "09520123456788", "09506000134352"
GS1 = "https://id.gs1.org"


class Recorded:
    """A ledger with two trade items, a lot of each, and a serial of one."""

    subjects = frozenset(
        {
            f"{GS1}/01/{ITEM}",
            f"{GS1}/01/{ITEM}/10/L1",
            f"{GS1}/01/{ITEM}/10/A%2FB",
            f"{GS1}/01/{ITEM}/21/7XK",
            f"{GS1}/01/{OTHER}/10/L1",
            f"{GS1}/00/095201234567891235",
            f"https://{HOST}/id/animal/spring/7",
        }
    )

    def is_listed(self, subject):
        return subject in self.subjects

    def trade_items(self):
        return (ITEM, OTHER)


def find(typed):
    hosts = frozenset({"127.0.0.1:8000", "scan.example"})
    return search(typed, Recorded(), host=HOST, hosts=hosts)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        pytest.param("7XK", f"/01/{ITEM}/21/7XK", id="serial"),
        pytest.param(" 7xk ", f"/01/{ITEM}/21/7XK", id="serial-in-small-letters"),
        pytest.param("７ＸＫ", f"/01/{ITEM}/21/7XK", id="serial-in-full-width"),  # noqa: RUF001
        pytest.param("A/B", f"/01/{ITEM}/10/A%2FB", id="lot-with-a-slash"),
        pytest.param("L1 7XK", f"/01/{ITEM}/10/L1/21/7XK", id="lot-and-serial"),
        pytest.param(f"(01){ITEM}(10)L1", f"/01/{ITEM}/10/L1", id="element-string"),
        pytest.param(
            f"(01) {ITEM} (10) L1 (21) 7XK",
            f"/01/{ITEM}/10/L1/21/7XK",
            id="element-string-with-blanks",
        ),
        pytest.param(ITEM, f"/01/{ITEM}", id="gtin"),
        pytest.param("9520123456788", f"/01/{ITEM}", id="bar-code-of-13-digits"),
        pytest.param("9520-1234-5678 8", f"/01/{ITEM}", id="bar-code-in-groups"),
        pytest.param("095201234567891235", "/00/095201234567891235", id="sscc"),
        pytest.param("animal/spring/7", "/id/animal/spring/7", id="own"),
        pytest.param("/id/animal/spring/7", "/id/animal/spring/7", id="path"),
        pytest.param("https://scan.example", "/", id="a-code-without-a-serial"),
        pytest.param(
            f"https://scan.example/01/{ITEM}/10/L1/21/7XK#c=9.{'A' * 32}",
            f"/01/{ITEM}/10/L1/21/7XK#c=9.{'A' * 32}",
            id="label-with-its-fragment",
        ),
        pytest.param(
            f"HTTPS://SCAN.EXAMPLE/01/{ITEM}", f"/01/{ITEM}", id="capitals-in-the-host"
        ),
        pytest.param(f"{GS1}/01/{ITEM}", f"/01/{ITEM}", id="identifier"),
        pytest.param(
            f"http://127.0.0.1:8000/01/{ITEM}/21/NEVER?lang=zh#x",
            f"/01/{ITEM}/21/NEVER",
            id="an-address-of-ours-whether-or-not-anything-is-there",
        ),
    ],
)
def test_what_is_printed_leads_to_its_page(typed, path):
    assert find(typed) == Search((path,))


def test_a_lot_that_two_products_have_is_both():
    assert find("l1") == Search((f"/01/{ITEM}/10/L1", f"/01/{OTHER}/10/L1"))


@pytest.mark.parametrize("typed", ["8XK", "L1 8XK", "(01)9", "(10)L1", "9520123456780"])
def test_what_is_not_recorded_is_not_found(typed):
    assert find(typed) == Search(())


def test_a_code_of_another_host_is_named_and_not_followed():
    there = "https://scan.example.evil.example"

    assert find(f"{there}/01/{ITEM}/21/NEVER") == Search((), there[8:])
    assert find(f"{there}/x") == Search((), there[8:])
    assert find("weixin://dl/business") == Search((), "weixin")
    # The same number is recorded here: the reader may want that page.
    assert find(f"{there}/01/{ITEM}/21/7XK") == Search(
        (f"/01/{ITEM}/21/7XK",), there[8:]
    )
    assert find(f"https://user@scan.example/01/{ITEM}").foreign == "user@scan.example"


@pytest.mark.parametrize(
    "typed",
    [
        "//evil.example/x",
        "/",
        "/evil",
        f"https://{HOST}/evil",
        f"{GS1}/01/{ITEM[:-1]}9",
        "https://[",
        "7" * (MAX_TYPED + 1),
    ],
)
def test_an_address_that_names_nothing_is_refused(typed):
    with pytest.raises(IdentifierError):
        find(typed)


@given(st.text(max_size=40))
def test_no_text_leads_anywhere_but_to_a_page_of_this_server(typed):
    try:
        found = find(typed)
    except IdentifierError:
        return
    assert len(found.paths) <= MAX_FOUND
    for path in found.paths:
        assert path[:1] == "/"
        assert path[:2] != "//"
        assert path.isascii()
        assert path.isprintable()
