"""A long page on a phone: what it is called, and steps that are folded away."""

import pytest

from tests.web.pages import new_phone, page_changed, scan, substituted

LONGEST = 20_000  # CSS pixels on a phone, with all of the way
EVERY = "en&records=all"
HEIGHT = "document.documentElement.scrollHeight"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_pouch_is_called_by_its_product_on_a_page_of_some_screens(
    phone, season, lang
):
    path = season.landmarks.recalled_pouch_path

    assert scan(phone, season, path, lang).state == "alarm"
    name = phone.text_content('[data-block] [data-fact="product.name"]')
    assert phone.inner_text('h1 [data-part="title"]') == name
    assert phone.inner_text('h1 small [data-part="name"]') in path
    assert phone.evaluate(HEIGHT) < LONGEST
    assert phone.locator("article.alarm").first.is_visible()


def test_a_party_is_called_by_its_name(phone, season):
    scan(phone, season, "/id/party/sim-keping-plant")

    assert "sim Keping plant" in phone.inner_text('h1 [data-part="title"]')
    assert phone.inner_text('h1 [data-part="name"]') == "sim-keping-plant"


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        (r'(data-part="title">)[^<]*', r"\1Organic milk"),
        (r'<bdi data-part="title">[^<]*</bdi>', ""),
        (r'(data-part="fold.0">)[^<]*', r"\g<1>Inspected"),
    ],
)
def test_another_name_or_line_above_a_fold_turns_the_verdict(
    phone, season, pattern, by
):
    path = season.landmarks.recalled_pouch_path
    page_changed(phone, substituted(pattern, by), path)

    assert scan(phone, season, path, EVERY).state == "not-verified"


def test_an_address_of_a_step_opens_the_fold_that_it_is_in(phone, season):
    path = season.landmarks.recalled_pouch_path
    scan(phone, season, path, EVERY)
    folded = phone.locator(".fold details:not([open]) article").first
    assert not folded.is_visible()

    phone.evaluate(f"location.hash = {folded.get_attribute('id')!r}")

    assert phone.locator(".fold details[open] article").first.is_visible()


def test_without_a_script_every_step_can_be_unfolded_and_the_command_found(
    browser, season
):
    with new_phone(browser, java_script_enabled=False) as page:
        page.goto(f"{season.url}{season.landmarks.recalled_pouch_path}?lang={EVERY}")
        page.locator(".fold summary").first.click()
        assert page.locator(".fold article").first.is_visible()

        page.locator('noscript a[href="#command"]').click()
        box = page.locator("#command code").bounding_box()
        assert box["y"] < 844
