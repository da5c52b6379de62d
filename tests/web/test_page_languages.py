"""A page in each language: checked in all four, and from the right where it is so."""

import pytest

from api.negotiation import LANGUAGES
from api.texts import read_messages
from tests.web.pages import LOCALE, PATH, new_phone, scan

RTL = ["ug", "kk"]
# Whatever ends beside the screen, on either side.
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((found) => {
  const { left, right } = found.getBoundingClientRect()
  return left < -0.5 || right > document.documentElement.clientWidth + 0.5
}).map((found) => found.outerHTML.slice(0, 80))"""
# Texts of facts, outside what stands apart, that a browser would put in another order.
LOOSE = """() => {
  const found = []
  for (const fact of document.querySelectorAll("[data-fact], [data-part]")) {
    const walker = document.createTreeWalker(fact, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent
      const isLoose = /[A-Za-z]|[0-9][-:.+][0-9]/.test(text)
      if (isLoose && !node.parentElement.closest("bdi")) found.push(text)
    }
  }
  return found
}"""
# Of what stands apart on one line: whether it begins at its left end.
TURNED = """() => [...document.querySelectorAll("bdi[dir=ltr]")].filter((made) => {
  const text = made.firstChild
  const at = (place) => {
    const range = document.createRange()
    range.setStart(text, place)
    range.setEnd(text, place + 1)
    return range.getBoundingClientRect()
  }
  const first = at(0)
  const last = at(text.length - 1)
  return first.width > 0 && first.top === last.top && first.left > last.left
}).map((made) => made.textContent)"""
ICON = """() => {
  const at = (name) => document.querySelector(name).getBoundingClientRect().left
  return at(".verdict-icon") > at(".verdict-title")
}"""
ALTERNATES = """() => [...document.querySelectorAll("header [hreflang]")].map(
  (link) => [link.hreflang, link.rel, link.getAttribute("href")])"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_is_verified_and_fits_in_every_language(phone, served, lang):
    language = LANGUAGES[lang]
    checked = read_messages(LOCALE / f"{lang}.json")["article.checked"]

    seen = scan(phone, served, lang=lang)

    assert seen.state == "verified"
    assert phone.locator("article .checked").first.inner_text() == checked
    root = phone.locator("html")
    assert root.get_attribute("lang") == language.tag
    assert root.get_attribute("dir") == language.direction
    assert phone.evaluate(ICON) == (language.direction == "rtl")
    for width in (390, 1280):
        phone.set_viewport_size({"width": width, "height": 844})
        assert phone.evaluate(TOO_WIDE) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("lang", RTL)
def test_what_is_read_from_the_left_stands_apart(phone, browser, served, lang):
    scan(phone, served, lang=lang)
    with new_phone(browser, java_script_enabled=False) as plain:
        plain.goto(f"{served.url}{PATH}?lang={lang}")
        # What the server writes, what the script writes again, and what it adds.
        for page in (plain, phone):
            assert page.locator("bdi[dir=ltr]").count() > 20
            assert page.evaluate(LOOSE) == []
            page.evaluate(
                "document.querySelectorAll('details').forEach((d) => d.open = true)"
            )
            assert page.evaluate(TURNED) == []


def test_the_language_is_changed_without_a_script(browser, served):
    with new_phone(browser, java_script_enabled=False) as page:
        page.goto(f"{served.url}{PATH}?lang=en")
        for lang in ("ug", "kk", "zh", "en"):
            language = LANGUAGES[lang]
            others = [to for to in LANGUAGES.values() if to.tag != page_lang(page)]
            assert page.evaluate(ALTERNATES) == [
                [to.tag, "alternate", f"{PATH}?lang={to.code}"] for to in others
            ]

            page.click(f"header a[hreflang={language.tag}]")

            assert page.url == f"{served.url}{PATH}?lang={lang}"
            assert page_lang(page) == language.tag
            # The news are there, said to be this server's word.
            assert page.inner_text(".verdict-title")


def page_lang(page):
    return page.get_attribute("html", "lang")
