"""A page that was verified opens without a connection, and is checked again."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from tests.web.pages import PATH, WORDS, is_said, new_phone, scan, verdict, witnessed
from tests.web.test_page_verified import NO_ED25519

EN = WORDS["en"]
OFFLINE = EN["verdict.offline"].partition("{time}")[0]
DAYS = timedelta(days=2)
"""Longer than witnesses' word is good for, unless a ledger says otherwise."""
KEPT = f"p:text-is('{EN['verdict.kept']}')"


@pytest.fixture
def keeping(browser):
    """Return a phone that may keep pages."""
    with new_phone(browser, service_workers="allow") as page:
        yield page


def visit(page, served, path=PATH):
    """Look at a page for the first time, until it is kept."""
    assert scan(page, served, path).state == "verified"
    page.wait_for_selector(KEPT)
    page.evaluate("navigator.serviceWorker.ready")


@pytest.mark.parametrize("script", ["", NO_ED25519], ids=["webcrypto", "no-ed25519"])
def test_a_kept_page_is_verified_again_without_a_connection_and_says_so(
    keeping, served, script
):
    keeping.add_init_script(script)
    visit(keeping, served)
    keeping.context.set_offline(True)
    keeping.reload()

    seen = verdict(keeping)
    assert seen.state == "verified", seen
    assert OFFLINE in seen.text
    assert keeping.locator("article .checked").count() == 11
    assert keeping.locator(KEPT).count() == 0


def test_with_a_connection_what_was_kept_is_never_shown(keeping, served):
    visit(keeping, served)
    served.stop()
    try:
        keeping.reload()
        assert OFFLINE in verdict(keeping).text
    finally:
        served.start()
    keeping.reload()
    seen = verdict(keeping)
    assert seen.state == "verified"
    assert OFFLINE not in seen.text


def test_what_was_checked_is_kept_without_asking_for_it_again(keeping, served):
    asked = Counter()
    keeping.on("request", lambda sent: asked.update([urlsplit(sent.url).path]))

    visit(keeping, served)

    once = [PATH, "/passport", "/policy", "/assets/words/en.json"]
    assert [asked[path] for path in once] == [1] * len(once), asked
    sent = keeping.evaluate(
        """() => performance.getEntriesByType("resource")
          .filter(({ name }) => name.endsWith("/built/page.js"))
          .map(({ transferSize }) => transferSize > 0)"""
    )
    assert sent == [True, False]


def test_a_kept_page_out_of_date_says_so_and_nothing_green(keeping, served):
    witnessed(keeping, served, 0)
    visit(keeping, served)
    keeping.unroute_all()
    keeping.context.set_offline(True)
    keeping.clock.set_fixed_time(datetime.now(UTC) + DAYS)
    keeping.reload()

    seen = verdict(keeping)
    assert seen.state == "cannot-check", seen
    assert is_said(seen.title, "verdict.stale.title")
    assert OFFLINE in seen.text
    assert keeping.locator(".checked, [data-checked]").count() == 0


def test_only_the_pages_that_were_verified_here_are_kept(keeping, served):
    visit(keeping, served)
    kept = keeping.evaluate(
        """async () => (await (await caches.open("caravan-pages")).keys())
          .map(({ url }) => new URL(url).pathname)"""
    )
    assert sorted(kept) == sorted([PATH, "/passport"])

    keeping.context.set_offline(True)
    with pytest.raises(Error, match="ERR_"):
        keeping.goto(f"{served.url}/id/animal/spring/8?lang=en")


def test_a_page_and_evidence_of_two_times_say_nothing_of_the_goods(keeping, served):
    visit(keeping, served)
    keeping.evaluate(
        """async () => {
          const kept = await caches.open("caravan-pages");
          const old = await kept.match(location.href, { ignoreVary: true });
          const html = await old.text();
          const newer = html.replace(/data-size="[0-9]+"/, 'data-size="9999"')
            .replace(/data-fact="step">[^<]*/, "$& once more");
          await kept.put(location.href, new Response(newer, old));
        }"""
    )
    keeping.context.set_offline(True)
    keeping.reload()

    assert verdict(keeping).state == "cannot-check"
