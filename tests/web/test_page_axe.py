"""Nobody is left out: axe-core finds nothing, in any language, state and colour scheme,
and in print of twice the size no page is wider than a phone.

What a machine can tell of WCAG 2.2 AA; what it cannot is looked at in pictures.
"""

import os
from pathlib import Path

import pytest

from tests.web.pages import SETTLED, path_of

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (options) => {
  const { violations } = await axe.run(document, options)
  return violations.map(({ id, help, nodes }) =>
    [id, help, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))].join(" | "))
}"""
PHONE = {"width": 390, "height": 844}
TWICE = {"width": 195, "height": 422}
"""What a phone shows of a page in print of twice the size."""
STATES = ["checking", "verified", "partial", "alarm", "not-verified", "cannot-check"]


# What a page says, and so its length and letters, differ with the language, its parts
# and colours hardly: `make fuzz` looks at all in all.
IN_EVERY_LANGUAGE = {"pouch", "recalled", "animal", "region", "supply", "scan"}
IS_WHOLE = os.environ.get("CARAVAN_EVERY_LIE") == "1"


def pages_of(season):
    """Return one page of each kind, and whether it has a verdict to wait for."""
    marks = season.landmarks
    return {
        "pouch": (marks.pouch_path, True),
        "recalled": (marks.recalled_pouch_path, True),
        "voided": (marks.voided_pouch_path, True),
        "never-packed": (marks.pouch_path[:-1] + "-", True),
        "animal": (path_of(marks.camel), True),
        "household": (path_of(marks.household), True),
        "region": ("/", False),
        "supply": ("/supply", False),
        "search": ("/search?q=nothing-like-it", False),
        "foreign": ("/search?q=https://shop.example/01/1", False),
        "scan": ("/scan", False),
        "unknown": ("/id/animal/nobody", False),
        "malformed": ("/01/1", False),
    }


def violations(page, *rules):
    options = {
        "runOnly": {"type": "tag", "values": STANDARD},
        "resultTypes": ["violations"],
    }
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    return page.evaluate(RUN, options)


def too_wide(page):
    """Return the widths of screens that a page, with all unfolded, goes beyond."""
    found = []
    for screen in (TWICE, PHONE):
        page.set_viewport_size(screen)
        if page.evaluate("document.documentElement.scrollWidth") > screen["width"]:
            found.append(screen["width"])
    return found


@pytest.mark.parametrize("lang", ["en", "zh", "ug", "kk"])
def test_axe_finds_nothing(phone, season, lang):
    phone.emulate_media(reduced_motion="reduce")
    found = {}
    is_whole = lang == "en" or IS_WHOLE
    for name, (path, has_verdict) in pages_of(season).items():
        if not is_whole and name not in IN_EVERY_LANGUAGE:
            continue
        with_lang = f"{path}{'&' if '?' in path else '?'}lang={lang}"
        phone.goto(season.url + with_lang)
        if has_verdict:
            phone.wait_for_selector(SETTLED)
        phone.evaluate(
            "for (const d of document.querySelectorAll('details')) d.open = true"
        )
        phone.evaluate(AXE.read_text("utf-8"))
        found[f"{name}-wide"] = too_wide(phone)
        found[name] = violations(phone)
        if is_whole:
            phone.emulate_media(color_scheme="dark")
            found[f"{name}-dark"] = violations(phone, "color-contrast")
            phone.emulate_media(color_scheme="light")

    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_has_enough_contrast(phone, season, scheme):
    phone.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    phone.goto(f"{season.url}{season.landmarks.recalled_pouch_path}?lang=en")
    phone.wait_for_selector(SETTLED)
    phone.evaluate(AXE.read_text("utf-8"))

    for state in STATES:
        phone.evaluate(
            "(state) => { document.querySelector('#verdict').dataset.state = state }",
            state,
        )
        assert violations(phone, "color-contrast") == [], state
