"""What a page looks like on a phone, as far as a machine can say it."""

import pytest

from tests.web.pages import (
    PATH,
    answer_with,
    page_changed,
    scan,
    substituted,
)

PAGES = [
    PATH,
    "/id/party/spring",
    "/",
    "/id/animal/spring/77",
    "/01/09520123456789",
]
# Whatever ends to the right of the screen; a layout that is too wide is zoomed out on a
# phone, so the screen is given and not asked for.
TOO_WIDE = """(width) => [...document.querySelectorAll("body *")]
  .filter((found) => found.getBoundingClientRect().right > width + 0.5)
  .map((found) => found.outerHTML.slice(0, 80))"""
CONTRAST = """(state) => {
  const verdict = document.querySelector("#verdict")
  verdict.dataset.state = state
  const channels = (color) => color.match(/[0-9.]+/g).slice(0, 3).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  const light = (color) => {
    const [red, green, blue] = channels(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
  }
  const ground = light(getComputedStyle(verdict).backgroundColor)
  const shown = [".verdict-title", ".verdict-detail", ".attention", "#alarms a"]
  return shown.map((part) => {
    const ink = light(getComputedStyle(verdict.querySelector(part)).color)
    return Math.max(ink, ground) / Math.min(ink, ground)
  })
}"""
# What one page has not all at once.
PUT_ALL = """() => {
  const said = document.createElement("p")
  said.className = "attention"
  document.querySelector(".verdict-detail").append(said)
  const link = document.createElement("a")
  link.href = "/"
  document.querySelector("#alarms").append(link)
}"""
ICON = """(state) => {
  document.querySelector("#verdict").dataset.state = state
  return getComputedStyle(document.querySelector(".verdict-icon"), "::before").content
}"""
STATES = ["checking", "verified", "partial", "alarm", "not-verified", "cannot-check"]


def assert_fits(page, width):
    assert page.evaluate(TOO_WIDE, width) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 320])
def test_no_page_is_wider_than_the_screen(phone, served, width, lang):
    phone.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        phone.goto(f"{served.url}{path}?lang={lang}")
        assert_fits(phone, width)

    assert scan(phone, served, lang=lang).state == "verified"
    assert_fits(phone, width)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_bad_news_with_long_words_is_not_wider_than_the_screen(phone, served, lang):
    phone.set_viewport_size({"width": 320, "height": 844})
    page_changed(
        phone, substituted('data-fact="who">[^<]*', f'data-fact="who">{"x" * 300}')
    )

    assert scan(phone, served, lang=lang).state == "not-verified"
    assert_fits(phone, 320)


def test_the_news_stand_on_the_first_screen(phone, served):
    answer_with(phone, r"/passport\?", status=503)
    for path in (PATH, "/id/party/spring"):
        scan(phone, served, path)

        box = phone.locator(".verdict-title").bounding_box()
        assert box["y"] + box["height"] < 844 / 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_verdict_can_be_read_and_told_apart_without_colour(phone, served, scheme):
    phone.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    scan(phone, served)
    phone.evaluate(PUT_ALL)

    for state in STATES:
        assert min(phone.evaluate(CONTRAST, state)) >= 4.5, state
    assert len({phone.evaluate(ICON, state) for state in STATES}) == len(STATES)
